//! The project's own JSON.

mod sample;

use std::fmt;

use axum::Json;
use axum::extract::{Request, State as Shared};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use contract::metric::Accepted;
use contract::problem::FieldError;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use service::problem::ProblemResponse;

use super::{Protocol, media_type, unreadable, unsupported};
use crate::judge::{Judge, Verdict};
use crate::{State, intake};

pub(super) use sample::judge_sample;

/// Push samples
///
/// Good samples are taken and bad ones are listed in the answer, each with its index, the field and the rule. A body of
/// `application/x-ndjson` holds one sample a line; it is taken piece by piece while it arrives and may hold any number.
#[utoipa::path(
    post,
    path = "/api/v1/metrics",
    tag = "metrics",
    params(("Idempotency-Key" = Option<String>, Header, description = "A push that is repeated within two minutes under the same key is taken once, also where its samples carry no time.")),
    request_body(content(
        (crate::openapi::Push = "application/json", example = json!({"samples": [{"name": "queue_depth", "labels": {"queue": "mail"}, "value": 7.0, "kind": "gauge"}]})),
        (String = "application/x-ndjson", example = "{\"name\":\"queue_depth\",\"value\":7}\n{\"name\":\"queue_depth\",\"value\":9}\n"),
    )),
    responses((status = 202, description = "Every accepted sample is in the log.", body = Accepted, example = json!({"accepted": 1, "rejected": []}))),
    security(("bearer" = []), ("key" = []), ("basic" = [])),
)]
pub(crate) async fn push(Shared(state): Shared<State>, request: Request) -> Response {
    match media_type(request.headers()).as_str() {
        "application/x-ndjson" => super::ndjson::push(state, request).await,
        _ => intake::push::<OwnJson>(state, request).await,
    }
}

/// One batch.
pub(crate) struct OwnJson;

impl Protocol for OwnJson {
    const NAME: &'static str = "json";

    fn negotiate(parts: &Parts) -> Result<Self, ProblemResponse> {
        match media_type(&parts.headers).as_str() {
            "application/json" => Ok(Self),
            _ => Err(unsupported("application/json or application/x-ndjson")),
        }
    }

    fn read(&mut self, body: &[u8], judge: &mut Judge) -> Result<(), ProblemResponse> {
        let mut refused = None;
        let mut json = serde_json::Deserializer::from_slice(body);
        let push = Push {
            judge,
            refused: &mut refused,
        };
        let read = push.deserialize(&mut json).and_then(|()| json.end());
        match (refused, read) {
            (Some(problem), _) => Err(problem),
            (None, Err(error)) => Err(unreadable(format!("expected {{\"samples\":[…]}}: {error}"))),
            (None, Ok(())) => Ok(()),
        }
    }

    fn answer(&self, verdict: Verdict) -> Result<Response, ProblemResponse> {
        taken(verdict).map(IntoResponse::into_response)
    }
}

pub(super) fn taken(verdict: Verdict) -> Result<(StatusCode, Json<Accepted>), ProblemResponse> {
    let Verdict {
        accepted, rejected, ..
    } = verdict;
    let nothing = |title, errors| {
        ProblemResponse::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", title).errors(errors)
    };
    match (accepted, rejected.is_empty()) {
        (0, true) => Err(nothing(
            "the push holds no sample",
            vec![FieldError::new("samples", "must hold at least one sample")],
        )),
        // The first hundred: enough to mend a client by.
        (0, false) => Err(nothing(
            "no sample could be taken",
            rejected
                .into_iter()
                .take(100)
                .map(|rejected| {
                    let field = format!("samples[{}].{}", rejected.index, rejected.field);
                    FieldError::new(field, rejected.reason)
                })
                .collect(),
        )),
        _ => Ok((StatusCode::ACCEPTED, Json(Accepted { accepted, rejected }))),
    }
}

/// Judges while it reads, so that a body full of samples is not held twice. Every sample is read by itself, so that one that
/// cannot be read does not spoil the others.
struct Push<'j, 'a> {
    judge: &'j mut Judge<'a>,
    refused: &'j mut Option<ProblemResponse>,
}

impl<'de> DeserializeSeed<'de> for Push<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Push<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object with `samples`")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut seen = false;
        while let Some(key) = map.next_key::<sample::Text>()? {
            if key.as_ref() != "samples" || seen {
                return Err(de::Error::custom("expected the one field `samples`"));
            }
            seen = true;
            map.next_value_seed(Samples(&mut self))?;
        }
        if seen {
            Ok(())
        } else {
            Err(de::Error::missing_field("samples"))
        }
    }
}

struct Samples<'p, 'j, 'a>(&'p mut Push<'j, 'a>);

impl<'de> DeserializeSeed<'de> for Samples<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Samples<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an array of samples")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut samples: A) -> Result<(), A::Error> {
        while let Some(sample) = samples.next_element::<&RawValue>()? {
            if let Err(problem) = judge_sample(sample.get().as_bytes(), self.0.judge) {
                *self.0.refused = Some(problem);
                return Err(de::Error::custom("refused"));
            }
        }
        Ok(())
    }
}
