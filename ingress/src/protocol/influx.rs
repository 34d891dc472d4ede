//! InfluxDB's line protocol, as Telegraf and many devices speak it.

mod line;

use axum::Json;
use axum::extract::{Query, Request, State as Shared};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use contract::metric::Kind;
use contract::problem::FieldError;
use serde::Deserialize;
use serde_json::json;
use service::problem::ProblemResponse;

use super::{Protocol, in_words, rejected_in_words, unreadable, wait};
use crate::judge::{Broken, Judge, Verdict};
use crate::{State, intake};
use line::{Line, Value};

/// InfluxDB line protocol, version 1
///
/// Every field that is a number or a truth value becomes a sample.
#[utoipa::path(
    post,
    path = "/write",
    tag = "metrics",
    params(("precision" = Option<String>, Query, description = "`ns` (default), `us`, `ms`, `s`, `m` or `h`.")),
    request_body(content = String, content_type = "text/plain", example = "queue,name=mail depth=7i,oldest_s=1.5"),
    responses((status = 204, description = "Every sample is in the log.")),
    security(("bearer" = []), ("key" = []), ("basic" = [])),
)]
pub(crate) async fn write(Shared(state): Shared<State>, request: Request) -> Response {
    intake::push::<Influx>(state, request).await
}

/// InfluxDB line protocol, version 2
///
/// As version 1; errors are worded as version 2 does. Bucket and organisation are ignored: the token says whose samples they are.
#[utoipa::path(
    post,
    path = "/api/v2/write",
    tag = "metrics",
    params(("precision" = Option<String>, Query, description = "`ns` (default), `us`, `ms` or `s`.")),
    request_body(content = String, content_type = "text/plain", example = "queue,name=mail depth=7i,oldest_s=1.5"),
    responses((status = 204, description = "Every sample is in the log.")),
    security(("bearer" = []), ("key" = []), ("basic" = [])),
)]
pub(crate) async fn write_v2(Shared(state): Shared<State>, request: Request) -> Response {
    intake::push::<Influx>(state, request).await
}

/// Lines, in one of two versions of the interface around them.
pub(crate) struct Influx {
    /// How many units of the lines' times make a millisecond, or how many of those make a unit.
    precision: Precision,
    is_v2: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Precision {
    PerMs(i64),
    Ms(i64),
}

#[derive(Deserialize)]
struct Parameters {
    precision: Option<String>,
}

impl Protocol for Influx {
    const NAME: &'static str = "influx";

    /// The content type is not looked at: clients send all kinds.
    fn negotiate(parts: &Parts) -> Result<Self, ProblemResponse> {
        let parameters = Query::<Parameters>::try_from_uri(&parts.uri);
        let precision = parameters.map_or(None, |Query(parameters)| parameters.precision);
        let name = precision.as_deref().unwrap_or("ns");
        Ok(Self {
            precision: Precision::of(name).ok_or_else(unknown_precision)?,
            is_v2: is_v2(parts),
        })
    }

    fn read(&mut self, body: &[u8], judge: &mut Judge) -> Result<(), ProblemResponse> {
        let text = std::str::from_utf8(body)
            .map_err(|error| unreadable(format!("expected lines in UTF-8: {error}")))?;
        for (number, text) in line::lines(text) {
            match Line::parse(text) {
                Ok(line) => self.judge_line(&line, judge)?,
                Err(reason) => {
                    let reason = format!("{number} {reason}");
                    judge.settle(Err(Broken::new("line", reason)))?;
                }
            }
        }
        Ok(())
    }

    /// As InfluxDB does: what is good in a push is kept, and the answer is an error all the same.
    fn answer(&self, verdict: Verdict) -> Result<Response, ProblemResponse> {
        if verdict.rejected.is_empty() {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        let words = format!("partial write: {}", rejected_in_words(&verdict, "samples"));
        Ok(error(StatusCode::BAD_REQUEST, self.is_v2, &words))
    }

    fn refuse(parts: &Parts, problem: ProblemResponse) -> Response {
        let mut response = error(problem.status(), is_v2(parts), &in_words(&problem));
        wait(&problem, &mut response);
        response
    }
}

impl Influx {
    /// Every field that is a number becomes a sample of `<measurement>_<field>`; the field `value` of the measurement alone.
    fn judge_line(&self, line: &Line, judge: &mut Judge) -> Result<(), ProblemResponse> {
        let at_ms = line.time.map(|time| self.precision.millis(time));
        let tags = line.tags.iter();
        let tags: Vec<_> = tags.map(|(name, value)| (&**name, &**value)).collect();
        for (field, value) in &line.fields {
            let Value::Number(value) = value else {
                judge.skip()?;
                continue;
            };
            let name = match &**field {
                "value" => line.measurement.to_string(),
                field => format!("{}_{field}", line.measurement),
            };
            let outcome = judge
                .series(&name, &mut tags.clone(), Kind::Gauge, None)
                .and_then(|place| {
                    let at_ms = judge.instant(at_ms)?;
                    judge.put(place, at_ms, *value)
                });
            judge.settle(outcome)?;
        }
        Ok(())
    }
}

impl Precision {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "ns" | "n" => Self::PerMs(1_000_000),
            "us" | "u" | "µ" => Self::PerMs(1_000),
            "ms" => Self::Ms(1),
            "s" => Self::Ms(1_000),
            "m" => Self::Ms(60_000),
            "h" => Self::Ms(3_600_000),
            _ => return None,
        })
    }

    fn millis(self, time: i64) -> i64 {
        match self {
            Self::PerMs(units) => time.div_euclid(units),
            Self::Ms(millis) => time.saturating_mul(millis),
        }
    }
}

fn unknown_precision() -> ProblemResponse {
    ProblemResponse::new(
        StatusCode::BAD_REQUEST,
        "invalid",
        "the precision is unknown",
    )
    .errors(vec![FieldError::new(
        "precision",
        "must be one of: ns, us, ms, s, m, h",
    )])
}

fn is_v2(parts: &Parts) -> bool {
    parts.uri.path().starts_with("/api/v2/")
}

fn error(status: StatusCode, is_v2: bool, words: &str) -> Response {
    let body = if is_v2 {
        json!({"code": code(status), "message": words})
    } else {
        json!({"error": words})
    };
    (status, Json(body)).into_response()
}

/// InfluxDB's own names.
fn code(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "unauthorized",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::PAYLOAD_TOO_LARGE => "request too large",
        StatusCode::TOO_MANY_REQUESTS => "too many requests",
        StatusCode::SERVICE_UNAVAILABLE => "unavailable",
        status if status.is_client_error() => "invalid",
        _ => "internal error",
    }
}
