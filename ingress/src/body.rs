//! Reading a body: bounded in size and in time.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use contract::problem::FieldError;
use http_body_util::LengthLimitError;
use service::problem::ProblemResponse;

use crate::Limits;

/// The whole body as it was sent.
pub(crate) async fn read(body: Body, limits: &Limits) -> Result<Bytes, ProblemResponse> {
    let whole = axum::body::to_bytes(body, limits.max_body_bytes);
    match tokio::time::timeout(Duration::from_secs(limits.max_body_s), whole).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) if is_too_long(&error) => Err(too_large(limits.max_body_bytes)),
        Ok(Err(_)) => Err(broken_off()),
        Err(_) => Err(too_slow(limits.max_body_s)),
    }
}

pub(crate) fn too_slow(max_s: u64) -> ProblemResponse {
    ProblemResponse::new(
        StatusCode::REQUEST_TIMEOUT,
        "too_slow",
        "the body did not arrive in time",
    )
    .errors(vec![FieldError::new(
        "body",
        format!("must arrive within {max_s} s"),
    )])
}

pub(crate) fn broken_off() -> ProblemResponse {
    ProblemResponse::new(
        StatusCode::BAD_REQUEST,
        "unreadable",
        "the body could not be read to its end",
    )
}

pub(crate) fn too_large(max_bytes: usize) -> ProblemResponse {
    ProblemResponse::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        "the body is too large",
    )
    .errors(vec![FieldError::new(
        "body",
        format!("at most {max_bytes} bytes are allowed; send several smaller pushes"),
    )])
}

fn is_too_long(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<LengthLimitError>)
}
