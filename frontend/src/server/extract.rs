//! Extractors whose rejections are problem details.

use std::str::FromStr;

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use contract::rpc::Error;
use serde::de::DeserializeOwned;
use service::problem::ProblemResponse;

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ProblemResponse;

    async fn from_request(request: Request, state: &S) -> Result<Self, ProblemResponse> {
        match axum::Json::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(unreadable(&rejection)),
        }
    }
}

fn unreadable(rejection: &JsonRejection) -> ProblemResponse {
    let (kind, title) = match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "the body is too large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "media_type",
            "send JSON, with Content-Type: application/json",
        ),
        StatusCode::UNPROCESSABLE_ENTITY => ("invalid", "the body has another shape than expected"),
        _ => ("unreadable", "the body is not JSON"),
    };
    ProblemResponse::new(rejection.status(), kind, title).detail(rejection.body_text())
}

/// The query string.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ProblemResponse> {
        let query = axum::extract::Query::from_request_parts(parts, state).await;
        query
            .map(|axum::extract::Query(query)| Self(query))
            .map_err(|rejection| {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                ProblemResponse::new(status, "invalid", "the query cannot be read")
                    .detail(rejection.body_text())
            })
    }
}

/// The `{id}` of the path. What cannot be an identifier does not exist.
pub(crate) struct Id<T>(pub(crate) T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ProblemResponse> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let id = params.ok().and_then(|params| {
            let (_, id) = params.iter().find(|(name, _)| *name == "id")?;
            id.parse().ok()
        });
        Ok(Self(id.ok_or_else(|| Error::not_found("thing"))?))
    }
}
