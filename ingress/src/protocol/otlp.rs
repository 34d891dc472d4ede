//! OTLP over HTTP: metrics of OpenTelemetry, in protobuf and JSON.

pub(crate) mod answer;
pub(crate) mod attributes;
mod points;
pub(crate) mod size;

use axum::extract::{Request, State as Shared};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use prost::Message;
use serde::de::DeserializeOwned;
use service::problem::ProblemResponse;

use super::{Protocol, media_type, rejected_in_words, unreadable, unsupported};
use crate::judge::{Judge, Verdict};
use crate::{State, intake};

/// OTLP/HTTP metrics
///
/// Data points that cannot be taken are counted in `partialSuccess`. The answer has the encoding of the request.
#[utoipa::path(
    post,
    path = "/v1/metrics",
    tag = "metrics",
    request_body(content(
        (Object = "application/json", example = json!({"resourceMetrics": [{
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
            "scopeMetrics": [{"metrics": [{"name": "queue.depth", "gauge": {"dataPoints": [{"asDouble": 7.0, "attributes": []}]}}]}],
        }]})),
        (Vec<u8> = "application/x-protobuf"),
    )),
    responses((status = 200, description = "Every accepted data point is in the log.", content(
        (Object = "application/json", example = json!({"partialSuccess": {"rejectedDataPoints": "1", "errorMessage": "1 of 9 samples were rejected; the first is sample 3: value cannot be read"}})),
        (Vec<u8> = "application/x-protobuf"),
    ))),
    security(("bearer" = []), ("key" = []), ("basic" = [])),
)]
pub(crate) async fn push(Shared(state): Shared<State>, request: Request) -> Response {
    intake::push::<Otlp>(state, request).await
}

/// OTLP in one of its two encodings.
pub(crate) struct Otlp(Format);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Protobuf,
    Json,
}

impl Protocol for Otlp {
    const NAME: &'static str = "otlp";

    fn negotiate(parts: &Parts) -> Result<Self, ProblemResponse> {
        Format::of(&parts.headers).map(Self)
    }

    fn read(&mut self, body: &[u8], judge: &mut Judge) -> Result<(), ProblemResponse> {
        let request: ExportMetricsServiceRequest =
            self.0.decode(body, &size::METRICS, judge.max_samples())?;
        request
            .resource_metrics
            .iter()
            .try_for_each(|resource| points::judge_resource(resource, judge))
    }

    fn answer(&self, verdict: Verdict) -> Result<Response, ProblemResponse> {
        let message = rejected_in_words(&verdict, "samples");
        let rejected = verdict.rejected.len();
        Ok(answer::taken(
            self.0,
            "rejectedDataPoints",
            rejected,
            message,
        ))
    }

    fn refuse(parts: &Parts, problem: ProblemResponse) -> Response {
        answer::refused(Format::or_protobuf(&parts.headers), &problem)
    }
}

impl Format {
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, ProblemResponse> {
        Self::named(headers)
            .ok_or_else(|| unsupported("application/x-protobuf or application/json"))
    }

    /// In which an answer is written, also to who said nothing that is understood.
    pub(crate) fn or_protobuf(headers: &HeaderMap) -> Self {
        Self::named(headers).unwrap_or(Self::Protobuf)
    }

    fn named(headers: &HeaderMap) -> Option<Self> {
        match media_type(headers).as_str() {
            "application/x-protobuf" => Some(Self::Protobuf),
            "application/json" => Some(Self::Json),
            _ => None,
        }
    }

    /// Reads a request of the shape, once it is known not to be too large when read.
    pub(crate) fn decode<R: Message + Default + DeserializeOwned>(
        self,
        body: &[u8],
        shape: &size::Request,
        most: usize,
    ) -> Result<R, ProblemResponse> {
        let not_one = |error: String| unreadable(format!("expected an {}: {error}", shape.name));
        match self {
            Self::Protobuf => {
                size::check_protobuf(body, shape, most)?;
                R::decode(body).map_err(|error| not_one(error.to_string()))
            }
            Self::Json => {
                size::check_json(body, shape, most)?;
                serde_json::from_slice(body).map_err(|error| not_one(error.to_string()))
            }
        }
    }
}
