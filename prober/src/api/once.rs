//! `POST /check`: one check as a monitor describes it, and its result.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contract::monitor::Check;
use validator::Validate;

use super::{Api, LONGEST, refused};
use crate::words::result;

pub(super) async fn check(State(api): State<Api>, body: Bytes) -> Response {
    let check: Check = match serde_json::from_slice(&body) {
        Ok(check) => check,
        Err(error) => {
            let words = format!("the body is not a check: {error}");
            return refused(StatusCode::BAD_REQUEST, "malformed", words);
        }
    };
    if let Err(errors) = check.validate() {
        let words = errors.to_string().replace('\n', "; ");
        return refused(StatusCode::UNPROCESSABLE_ENTITY, "invalid", words);
    }
    if Duration::from_millis(check.timeout_ms.into()) > LONGEST {
        let words = format!("timeout_ms: at most {} on demand", LONGEST.as_millis());
        return refused(StatusCode::UNPROCESSABLE_ENTITY, "invalid", words);
    }
    let started_at = service::now();
    let mut answer = result(&api.engine.run(&check, Duration::ZERO).await);
    answer.insert("started_at".to_owned(), started_at.to_rfc3339().into());
    Json(answer).into_response()
}
