//! External endpoints of Gatus.

use axum::extract::{Path, Query, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use contract::probe::Outcome;
use serde::Deserialize;
use service::problem::ProblemResponse;
use uuid::Uuid;

use super::{Ping, Target, take, target};
use crate::protocol::in_plain_words;
use crate::{State, auth};

#[derive(Deserialize)]
pub(crate) struct Said {
    success: String,
    error: Option<String>,
    /// Such as `10s` or `1m30s`.
    duration: Option<String>,
}

/// A job tells how it went (Gatus)
///
/// The bearer token is the ping key of the monitor.
#[utoipa::path(
    post,
    path = "/api/v1/endpoints/{endpoint}/external",
    tag = "heartbeats",
    params(
        ("endpoint" = String, Path, description = "Group and name of the monitor, as Gatus writes them: `<group>_<name>`.", example = "jobs_nightly-backup"),
        ("success" = String, Query, description = "`true` or `false`.", example = "true"),
        ("error" = Option<String>, Query, description = "Kept with the result."),
        ("duration" = Option<String>, Query, description = "How long it took, such as `10s` or `1m30s`.", example = "10s"),
    ),
    responses((status = 200, description = "The ping is in the log.")),
    security(("bearer" = [])),
)]
pub(crate) async fn external(
    Shared(state): Shared<State>,
    Path(endpoint): Path<String>,
    Query(said): Query<Said>,
    headers: HeaderMap,
) -> Response {
    match receive(&state, &endpoint, said, &headers).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(problem) => in_plain_words(&problem),
    }
}

async fn receive(
    state: &State,
    endpoint: &str,
    said: Said,
    headers: &HeaderMap,
) -> Result<(), ProblemResponse> {
    let key: Option<Uuid> = auth::secret(headers).and_then(|secret| secret.parse().ok());
    let target = target(state, key.ok_or_else(unauthenticated)?)?;
    if key_of(&target) != endpoint {
        return Err(super::unknown());
    }
    take(state, &target, read(said)?).await
}

fn read(said: Said) -> Result<Ping, ProblemResponse> {
    let outcome = match said.success.as_str() {
        "true" => Outcome::Success,
        "false" => Outcome::Failure,
        _ => return Err(invalid("success must be true or false")),
    };
    let duration = said.duration.filter(|duration| !duration.is_empty());
    let total_time_ms = duration.map(|duration| {
        millis(&duration).ok_or_else(|| invalid("duration must be like 10s, 150ms or 1m30s"))
    });
    Ok(Ping {
        outcome,
        message: said.error.unwrap_or_default(),
        total_time_ms: total_time_ms.transpose()?,
    })
}

/// The key Gatus gives an endpoint, made of its group and name.
fn key_of(target: &Target) -> String {
    let part = |text: &str| {
        let text = text.trim().to_lowercase();
        text.replace(['/', '_', ',', '.', '#', '+', '&', ' '], "-")
    };
    let group = target.group.as_deref().map(part).unwrap_or_default();
    format!("{group}_{}", part(&target.name))
}

/// A duration as Go writes it.
fn millis(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut sum = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, unit) = rest.split_at(digits);
        let end = unit
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(unit.len());
        let factor = match &unit[..end] {
            "ns" => 1e-6,
            "us" | "µs" => 1e-3,
            "ms" => 1.0,
            "s" => 1e3,
            "m" => 6e4,
            "h" => 3.6e6,
            _ => return None,
        };
        sum += number.parse::<f64>().ok()? * factor;
        rest = &unit[end..];
    }
    (!text.is_empty()).then_some(sum)
}

fn unauthenticated() -> ProblemResponse {
    ProblemResponse::new(
        StatusCode::UNAUTHORIZED,
        "unauthenticated",
        "send the monitor's ping key as a bearer token",
    )
}

fn invalid(words: &str) -> ProblemResponse {
    ProblemResponse::new(StatusCode::BAD_REQUEST, "invalid", words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_writes_them() {
        for (text, expected) in [
            ("10s", Some(10_000.0)),
            ("1m30s", Some(90_000.0)),
            ("1.5s", Some(1_500.0)),
            ("150ms", Some(150.0)),
            ("10", None),
            ("s", None),
            ("1w", None),
        ] {
            assert_eq!(millis(text), expected, "{text}");
        }
    }
}
