//! A receiver of OTLP over HTTP (protobuf) that offers what arrived as plain data.

mod span;

use std::collections::BTreeSet;
use std::io::Read as _;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::CONTENT_ENCODING;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use flate2::read::GzDecoder;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

use crate::stub::Stub;

pub use span::{Edge, Join, Span, Spans};

/// One log record.
#[derive(Debug, Clone)]
pub struct Log {
    pub service: String,
    pub severity: String,
    pub body: String,
    /// Hex; empty where the record belongs to no trace.
    pub trace: String,
}

#[derive(Debug, Default)]
struct Inbox {
    spans: Vec<Span>,
    logs: Vec<Log>,
    metrics: BTreeSet<(String, String)>,
    refused: Vec<String>,
}

/// An OTLP endpoint on loopback.
#[derive(Debug)]
pub struct Receiver {
    stub: Stub,
    inbox: Arc<Mutex<Inbox>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let inbox = Arc::<Mutex<Inbox>>::default();
        let router = Router::new()
            .route("/v1/traces", post(traces))
            .route("/v1/metrics", post(metrics))
            .route("/v1/logs", post(logs))
            .layer(DefaultBodyLimit::disable())
            .with_state(inbox.clone());
        Self {
            stub: Stub::serve(router).await,
            inbox,
        }
    }

    /// The value of `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.stub.address)
    }

    /// Every span so far.
    pub fn spans(&self) -> Spans {
        Spans::new(open(&self.inbox).spans.clone())
    }

    pub fn logs(&self) -> Vec<Log> {
        open(&self.inbox).logs.clone()
    }

    /// (service, metric) of all metrics so far.
    pub fn metrics(&self) -> BTreeSet<(String, String)> {
        open(&self.inbox).metrics.clone()
    }

    /// What could not be decoded, with the reason. A good sender leaves this empty.
    pub fn refused(&self) -> Vec<String> {
        open(&self.inbox).refused.clone()
    }
}

type Shared = State<Arc<Mutex<Inbox>>>;

async fn traces(State(inbox): Shared, headers: HeaderMap, body: Bytes) -> StatusCode {
    decode(
        &inbox,
        &inflated(&headers, &body),
        |inbox, request: ExportTraceServiceRequest| {
            inbox.spans.extend(span::flatten(request));
        },
    )
}

async fn metrics(State(inbox): Shared, headers: HeaderMap, body: Bytes) -> StatusCode {
    decode(
        &inbox,
        &inflated(&headers, &body),
        |inbox, request: ExportMetricsServiceRequest| {
            for group in request.resource_metrics {
                let service = span::service(group.resource.as_ref());
                let named = group.scope_metrics.into_iter().flat_map(|it| it.metrics);
                inbox
                    .metrics
                    .extend(named.map(|metric| (service.clone(), metric.name)));
            }
        },
    )
}

async fn logs(State(inbox): Shared, headers: HeaderMap, body: Bytes) -> StatusCode {
    decode(
        &inbox,
        &inflated(&headers, &body),
        |inbox, request: ExportLogsServiceRequest| {
            for group in request.resource_logs {
                let service = span::service(group.resource.as_ref());
                let records = group.scope_logs.into_iter().flat_map(|it| it.log_records);
                inbox.logs.extend(records.map(|record| Log {
                    service: service.clone(),
                    severity: record.severity_text,
                    body: record.body.map(span::text).unwrap_or_default(),
                    trace: span::hex(&record.trace_id),
                }));
            }
        },
    )
}

/// Collectors send gzip; what cannot be inflated cannot be decoded either.
fn inflated(headers: &HeaderMap, body: &[u8]) -> Vec<u8> {
    let packed = headers.get(CONTENT_ENCODING).is_some_and(|it| it == "gzip");
    let mut plain = Vec::new();
    if packed && GzDecoder::new(body).read_to_end(&mut plain).is_ok() {
        plain
    } else {
        body.to_vec()
    }
}

fn decode<M: Message + Default>(
    inbox: &Mutex<Inbox>,
    body: &[u8],
    keep: impl FnOnce(&mut Inbox, M),
) -> StatusCode {
    let mut inbox = open(inbox);
    match M::decode(body) {
        Ok(request) => {
            keep(&mut inbox, request);
            StatusCode::OK
        }
        Err(error) => {
            inbox.refused.push(error.to_string());
            StatusCode::BAD_REQUEST
        }
    }
}

fn open(inbox: &Mutex<Inbox>) -> MutexGuard<'_, Inbox> {
    inbox.lock().expect("no holder of the inbox panics")
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value};
    use opentelemetry_proto::tonic::resource::v1::Resource;
    use opentelemetry_proto::tonic::trace::v1::{
        ResourceSpans, ScopeSpans, Span as WireSpan, span,
    };

    use super::*;
    use crate::http;

    fn exported(service: &str, spans: Vec<WireSpan>) -> Vec<u8> {
        let name = KeyValue {
            key: "service.name".to_owned(),
            value: Some(AnyValue {
                value: Some(Value::StringValue(service.to_owned())),
            }),
            ..KeyValue::default()
        };
        let group = ResourceSpans {
            resource: Some(Resource {
                attributes: vec![name],
                ..Resource::default()
            }),
            scope_spans: vec![ScopeSpans {
                spans,
                ..ScopeSpans::default()
            }],
            ..ResourceSpans::default()
        };
        let request = ExportTraceServiceRequest {
            resource_spans: vec![group],
        };
        request.encode_to_vec()
    }

    fn span(name: &str, trace: u8, id: u8, parent: &[u8]) -> WireSpan {
        WireSpan {
            name: name.to_owned(),
            trace_id: vec![trace; 16],
            span_id: vec![id; 8],
            parent_span_id: parent.to_vec(),
            ..WireSpan::default()
        }
    }

    async fn send(receiver: &Receiver, body: Vec<u8>) -> u16 {
        let url = format!("{}/v1/traces", receiver.endpoint());
        let answer = http::client().post(url).body(body).send().await;
        answer.expect("an answer").status().as_u16()
    }

    #[tokio::test]
    async fn parents_and_links_across_services_become_edges() {
        let receiver = Receiver::start().await;
        let push = span("push", 1, 1, &[]);
        let publish = span("publish", 1, 2, &[1; 8]);
        let mut write = span("write", 2, 3, &[]);
        write.links.push(span::Link {
            trace_id: vec![1; 16],
            span_id: vec![2; 8],
            ..span::Link::default()
        });
        // The child arrives before its cause, as it often does.
        send(&receiver, exported("store", vec![write])).await;
        send(&receiver, exported("ingress", vec![push, publish])).await;
        let spans = receiver.spans();
        let edges: Vec<String> = spans.edges().iter().map(Edge::to_string).collect();
        assert_eq!(
            edges,
            [
                "ingress: publish ~> store: write",
                "ingress: push -> ingress: publish"
            ]
        );
        let write = spans.iter().find(|span| span.name == "write");
        let causes = spans.causes(write.expect("received"));
        let names: Vec<_> = causes.iter().map(|cause| cause.name.as_str()).collect();
        assert_eq!(names, ["publish", "push"]);
    }

    #[tokio::test]
    async fn what_cannot_be_decoded_is_refused_and_remembered() {
        let receiver = Receiver::start().await;
        assert_eq!(send(&receiver, b"no protobuf".to_vec()).await, 400);
        assert_eq!(receiver.refused().len(), 1);
    }
}
