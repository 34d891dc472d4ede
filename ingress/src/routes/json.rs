//! `POST /api/v1/metrics`: the project's own JSON.

use axum::Json;
use axum::body::Body;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode, header};
use contract::metric::Accepted;
use contract::problem::FieldError;
use serde::Deserialize;
use serde_json::value::RawValue;
use service::problem::ProblemResponse;

use crate::auth::Pusher;
use crate::judge::{Judgement, Window, judge, split};
use crate::publish::{SAMPLES_PER_MESSAGE, publish, push_id};
use crate::{Limits, State};

/// Every sample is read by itself, so that one that cannot be read does not spoil the others.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Push<'a> {
    #[serde(borrow)]
    samples: Vec<&'a RawValue>,
}

pub(super) async fn push(
    pusher: Pusher,
    Shared(state): Shared<State>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Accepted>), ProblemResponse> {
    require_json(&headers)?;
    let body = read(body, state.limits.max_body_bytes).await?;
    let samples = samples(&body, &state.limits)?;
    let now_ms = service::now().timestamp_millis();
    let read = samples
        .iter()
        .map(|sample| serde_json::from_str(sample.get()).map_err(|error| error.to_string()));
    let judgement = judge(
        read,
        Window::new(now_ms, &state.limits, pusher.may_backfill),
    );
    state
        .metrics
        .count("json", judgement.accepted, judgement.rejected.len());
    if judgement.accepted == 0 {
        return Err(all_bad(judgement));
    }
    let key = headers
        .get("idempotency-key")
        .and_then(|key| key.to_str().ok());
    let batches = split(judgement.series, now_ms, SAMPLES_PER_MESSAGE);
    publish(
        &state.bus,
        pusher.tenant,
        push_id(pusher.tenant, key),
        &batches,
    )
    .await?;
    let answer = Accepted {
        accepted: judgement.accepted,
        rejected: judgement.rejected,
    };
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

fn require_json(headers: &HeaderMap) -> Result<(), ProblemResponse> {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(ProblemResponse::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "send `Content-Type: application/json`",
    ))
}

async fn read(body: Body, max_bytes: usize) -> Result<axum::body::Bytes, ProblemResponse> {
    axum::body::to_bytes(body, max_bytes)
        .await
        .map_err(|error| {
            let too_long = std::error::Error::source(&error)
                .is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>);
            if too_long {
                ProblemResponse::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "too_large",
                    "the body is too large",
                )
                .errors(vec![FieldError::new(
                    "body",
                    format!("at most {max_bytes} bytes are allowed; send several smaller pushes"),
                )])
            } else {
                ProblemResponse::new(
                    StatusCode::BAD_REQUEST,
                    "unreadable",
                    "the body could not be read to its end",
                )
            }
        })
}

fn samples<'a>(body: &'a [u8], limits: &Limits) -> Result<Vec<&'a RawValue>, ProblemResponse> {
    let push: Push<'a> = serde_json::from_slice(body).map_err(|error| {
        ProblemResponse::new(
            StatusCode::BAD_REQUEST,
            "unreadable",
            "the body is not a push",
        )
        .detail(format!("expected {{\"samples\":[…]}}: {error}"))
    })?;
    if push.samples.is_empty() {
        return Err(ProblemResponse::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "the push holds no sample",
        )
        .errors(vec![FieldError::new(
            "samples",
            "must hold at least one sample",
        )]));
    }
    if push.samples.len() > limits.max_samples {
        let reason = format!(
            "holds {} samples; at most {} are allowed in one push",
            push.samples.len(),
            limits.max_samples
        );
        return Err(ProblemResponse::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "the push holds too many samples",
        )
        .errors(vec![FieldError::new("samples", reason)]));
    }
    Ok(push.samples)
}

/// Lists the first hundred: enough to mend a client by.
fn all_bad(judgement: Judgement) -> ProblemResponse {
    let errors = judgement.rejected.into_iter().take(100).map(|rejected| {
        let field = format!("samples[{}].{}", rejected.index, rejected.field);
        FieldError::new(field, rejected.reason)
    });
    ProblemResponse::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid",
        "no sample could be taken",
    )
    .errors(errors.collect())
}
