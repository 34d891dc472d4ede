//! OTLP over HTTP: metrics of OpenTelemetry, in protobuf and JSON.

mod answer;
mod attributes;
mod points;
mod size;

use axum::extract::{Request, State as Shared};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use prost::Message;
use service::problem::ProblemResponse;

use super::{Protocol, media_type, unreadable, unsupported};
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
enum Format {
    Protobuf,
    Json,
}

impl Protocol for Otlp {
    const NAME: &'static str = "otlp";

    fn negotiate(parts: &Parts) -> Result<Self, ProblemResponse> {
        format(&parts.headers)
            .map(Self)
            .ok_or_else(|| unsupported("application/x-protobuf or application/json"))
    }

    fn read(&mut self, body: &[u8], judge: &mut Judge) -> Result<(), ProblemResponse> {
        let not_one =
            |error: String| unreadable(format!("expected an ExportMetricsServiceRequest: {error}"));
        let request = match self.0 {
            Format::Protobuf => {
                size::check_protobuf(body, judge.max_samples())?;
                ExportMetricsServiceRequest::decode(body)
                    .map_err(|error| not_one(error.to_string()))?
            }
            Format::Json => {
                size::check_json(body, judge.max_samples())?;
                serde_json::from_slice(body).map_err(|error| not_one(error.to_string()))?
            }
        };
        request
            .resource_metrics
            .iter()
            .try_for_each(|resource| points::judge_resource(resource, judge))
    }

    fn answer(&self, verdict: Verdict) -> Result<Response, ProblemResponse> {
        Ok(answer::taken(self.0, &verdict))
    }

    fn refuse(parts: &Parts, problem: ProblemResponse) -> Response {
        answer::refused(format(&parts.headers).unwrap_or(Format::Protobuf), &problem)
    }
}

fn format(headers: &HeaderMap) -> Option<Format> {
    match media_type(headers).as_str() {
        "application/x-protobuf" => Some(Format::Protobuf),
        "application/json" => Some(Format::Json),
        _ => None,
    }
}
