//! The push URL of Uptime Kuma.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contract::probe::Outcome;
use serde::Deserialize;
use serde_json::json;
use service::problem::ProblemResponse;

use super::{Ping, take, target};
use crate::State;
use crate::protocol::{in_words, wait};

#[derive(Deserialize)]
pub(crate) struct Said {
    status: Option<String>,
    msg: Option<String>,
    /// The response time, in milliseconds. Clients send it empty where they have none.
    ping: Option<String>,
}

/// A job tells how it is (Uptime Kuma)
#[utoipa::path(
    get,
    path = "/api/push/{key}",
    tag = "heartbeats",
    params(
        ("key" = uuid::Uuid, Path, description = "The ping key of a heartbeat monitor.", example = "5b1b1a8e-7e0e-4c53-8a3b-0f4c5d1f9e21"),
        ("status" = Option<String>, Query, description = "`up` (default) or `down`.", example = "up"),
        ("msg" = Option<String>, Query, description = "Kept with the result.", example = "OK"),
        ("ping" = Option<String>, Query, description = "The response time in milliseconds.", example = "12.5"),
    ),
    responses((status = 200, description = "The ping is in the log.", body = Object, example = json!({"ok": true}))),
)]
pub(crate) async fn push(
    Shared(state): Shared<State>,
    Path(key): Path<String>,
    said: Result<Query<Said>, QueryRejection>,
) -> Response {
    match receive(&state, &key, said.ok()).await {
        Ok(()) => Json(json!({"ok": true})).into_response(),
        Err(problem) => {
            let body = Json(json!({"ok": false, "msg": in_words(&problem)}));
            let mut response = (problem.status(), body).into_response();
            wait(&problem, &mut response);
            response
        }
    }
}

async fn receive(
    state: &State,
    key: &str,
    said: Option<Query<Said>>,
) -> Result<(), ProblemResponse> {
    let Query(said) = said.ok_or_else(|| invalid("the query cannot be read"))?;
    let key = key.parse().map_err(|_| super::unknown())?;
    let target = target(state, key)?;
    take(state, &target, read(said)?).await
}

fn read(said: Said) -> Result<Ping, ProblemResponse> {
    let outcome = match said.status.as_deref() {
        None | Some("up" | "") => Outcome::Success,
        Some("down") => Outcome::Failure,
        Some(_) => return Err(invalid("status must be up or down")),
    };
    let time = said.ping.filter(|time| !time.is_empty());
    let total_time_ms = match time.map(|time| time.parse::<f64>()) {
        None => None,
        Some(Ok(time)) if time.is_finite() && time >= 0.0 => Some(time),
        Some(_) => return Err(invalid("ping must be a number of milliseconds")),
    };
    Ok(Ping {
        outcome,
        message: said.msg.unwrap_or_default(),
        total_time_ms,
    })
}

fn invalid(words: &str) -> ProblemResponse {
    ProblemResponse::new(StatusCode::BAD_REQUEST, "invalid", words)
}
