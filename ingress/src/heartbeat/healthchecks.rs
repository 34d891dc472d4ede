//! The ping URLs of Healthchecks.

use axum::body::Body;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contract::probe::Outcome;
use service::problem::ProblemResponse;

use super::{Ping, take, target};
use crate::protocol::in_plain_words;
use crate::{State, body};

/// A job is done (Healthchecks)
///
/// Also by GET and HEAD. What the body says is kept with the result.
#[utoipa::path(
    post,
    path = "/ping/{key}",
    tag = "heartbeats",
    params(("key" = uuid::Uuid, Path, description = "The ping key of a heartbeat monitor.", example = "5b1b1a8e-7e0e-4c53-8a3b-0f4c5d1f9e21")),
    request_body(content = Option<String>, content_type = "text/plain", example = "42 files copied"),
    responses((status = 200, description = "The ping is in the log.", body = String, content_type = "text/plain", example = "OK")),
)]
pub(crate) async fn ping(
    Shared(state): Shared<State>,
    Path(key): Path<String>,
    body: Body,
) -> Response {
    answer(receive(&state, &key, "0", body).await)
}

/// A job begins, fails, logs or ends (Healthchecks)
///
/// `start`, `fail`, `log`, or the exit status of the job. Also by GET and HEAD.
#[utoipa::path(
    post,
    path = "/ping/{key}/{signal}",
    tag = "heartbeats",
    params(
        ("key" = uuid::Uuid, Path, description = "The ping key of a heartbeat monitor.", example = "5b1b1a8e-7e0e-4c53-8a3b-0f4c5d1f9e21"),
        ("signal" = String, Path, description = "`start`, `fail`, `log` or 0 to 255.", example = "start"),
    ),
    request_body(content = Option<String>, content_type = "text/plain", example = "began"),
    responses((status = 200, description = "The ping is in the log.", body = String, content_type = "text/plain", example = "OK")),
)]
pub(crate) async fn signal(
    Shared(state): Shared<State>,
    Path((key, signal)): Path<(String, String)>,
    body: Body,
) -> Response {
    answer(receive(&state, &key, &signal, body).await)
}

fn answer(outcome: Result<(), ProblemResponse>) -> Response {
    match outcome {
        Ok(()) => "OK".into_response(),
        Err(problem) => in_plain_words(&problem),
    }
}

async fn receive(
    state: &State,
    key: &str,
    signal: &str,
    body: Body,
) -> Result<(), ProblemResponse> {
    let key = key.parse().map_err(|_| super::unknown())?;
    let target = target(state, key)?;
    let (outcome, exit) = outcome(signal).ok_or_else(unknown_signal)?;
    let body = body::read(body, &state.limits).await?;
    let words = String::from_utf8_lossy(&body);
    let message = match exit {
        Some(status) => format!("exit status {status}\n{words}"),
        None => words.into_owned(),
    };
    take(state, &target, Ping::new(outcome, message)).await
}

/// The outcome, and the exit status where it says why.
fn outcome(signal: &str) -> Option<(Outcome, Option<u8>)> {
    Some(match signal {
        "start" => (Outcome::Started, None),
        "fail" => (Outcome::Failure, None),
        "log" => (Outcome::Logged, None),
        status => match status.parse::<u8>().ok()? {
            0 => (Outcome::Success, None),
            status => (Outcome::Failure, Some(status)),
        },
    })
}

fn unknown_signal() -> ProblemResponse {
    ProblemResponse::new(
        StatusCode::BAD_REQUEST,
        "invalid",
        "behind the key may be start, fail, log or an exit status from 0 to 255",
    )
}
