//! Traces and logs by OTLP over HTTP.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bus::Message as Heard;
use contract::id::TenantId;
use contract::telemetry::{Kind, Received, Status, Value as Said};
use contract::token::Scope;
use contract::{access, header, stream, telemetry};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message;
use serde_json::{Value, json};
use testkit::eventually;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::stage::{SOON, Stage, TENANT, gzipped, now_ms};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// What was published, as the store hears it.
struct Ear {
    heard: Arc<Mutex<Vec<Heard<Received>>>>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Ear {
    async fn of(stage: &Stage) -> Self {
        let stop = CancellationToken::new();
        let store = stage.nats.bus(access::STORE, &stop).await;
        let (heard, tasks) = (Arc::<Mutex<Vec<_>>>::default(), TaskTracker::new());
        let (noted, ear) = (Arc::clone(&heard), stop.clone());
        tasks.spawn(async move {
            let limits = bus::Limits {
                max_messages: 10,
                max_bytes: 1 << 20,
                max_wait: Duration::from_millis(20),
                batches: 1,
            };
            let note = move |batch: Arc<[Heard<Received>]>| {
                noted
                    .lock()
                    .expect("not poisoned")
                    .extend(batch.iter().cloned());
                async { Ok(Vec::new()) }
            };
            bus::drain(&store, &stream::store_telemetry(), limits, &ear, note).await;
        });
        Self { heard, stop, tasks }
    }

    /// All messages, once there are so many records.
    async fn records(&self, count: usize) -> Vec<Heard<Received>> {
        eventually(SOON, || async {
            let heard = self.heard.lock().expect("not poisoned").clone();
            let groups = heard.iter().flat_map(|message| &message.body.groups);
            match groups
                .map(|group| group.spans.len() + group.logs.len())
                .sum::<usize>()
            {
                enough if enough >= count => Ok(heard),
                few => Err(format!("{few} of {count}")),
            }
        })
        .await
    }

    async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

fn span(start_ms: i64) -> Value {
    let at = |ms: i64| (ms * 1_000_000).to_string();
    json!({
        "traceId": TRACE, "spanId": "00f067aa0ba902b7", "parentSpanId": "00f067aa0ba902b8", "name": "GET /cart", "kind": 2,
        "startTimeUnixNano": at(start_ms), "endTimeUnixNano": at(start_ms + 12),
        "attributes": [{"key": "http.route", "value": {"stringValue": "/cart"}}, {"key": "items", "value": {"intValue": "7"}}],
        "events": [{"timeUnixNano": at(start_ms), "name": "retry"}],
        "links": [{"traceId": "4bf92f3577b34da6a3ce929d0e0e4737", "spanId": "00f067aa0ba902b9"}],
        "status": {"code": 2, "message": "away"},
    })
}

fn traces(spans: &[Value]) -> Value {
    let resource =
        json!({"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]});
    json!({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_arrive_in_both_encodings_and_bad_ones_are_counted() {
    let stage = Stage::start().await;
    let ear = Ear::of(&stage).await;
    let now = now_ms();
    let mut nameless = span(now);
    nameless["name"] = json!("");
    let body = traces(&[span(now), nameless, span(now - 90_000_000)]);
    let answer = stage
        .post("/v1/traces")
        .json(&body)
        .send()
        .await
        .expect("answered");
    assert_eq!(answer.status(), 200);
    let told: Value = answer.json().await.expect("JSON");
    let partial = &told["partialSuccess"];
    assert_eq!(partial["rejectedSpans"], "2");
    assert_eq!(
        partial["errorMessage"],
        "2 of 3 spans were rejected; the first is span 1: name must not be empty"
    );
    let decoded: ExportTraceServiceRequest =
        serde_json::from_value(traces(&[span(now - 1_000)])).expect("a request");
    let packed = gzipped(&decoded.encode_to_vec());
    let push = stage
        .post("/v1/traces")
        .header("content-type", "application/x-protobuf");
    let answer = push
        .header("content-encoding", "gzip")
        .body(packed)
        .send()
        .await
        .expect("answered");
    assert_eq!(answer.status(), 200);
    let told = ExportTraceServiceResponse::decode(answer.bytes().await.expect("a body"))
        .expect("protobuf");
    assert_eq!(told.partial_success, None);
    let heard = ear.records(2).await;
    for (message, start_ms) in heard.iter().zip([now, now - 1_000]) {
        assert_eq!(
            message.subject,
            format!("overseer.v1.telemetry.received.spans.{TENANT}")
        );
        let group = &message.body.groups[0];
        let span = &group.spans[0];
        assert_eq!(
            (group.resource.service.as_str(), span.kind, span.status),
            ("shop", Kind::Server, Status::Error)
        );
        assert_eq!(
            (span.start_us, span.duration_us),
            (start_ms * 1_000, 12_000)
        );
        assert_eq!(span.trace_id.to_string(), TRACE);
        assert_eq!(span.attributes["items"], Said::Int(7));
        assert_eq!((span.events.len(), span.links.len()), (1, 1));
    }
    ear.stop().await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn log_records_arrive_within_their_bounds() {
    let stage = Stage::start().await;
    let ear = Ear::of(&stage).await;
    let long = "x".repeat(telemetry::MAX_TEXT_BYTES + 100);
    let many = (0..100).map(|n| json!({"key": format!("a{n}"), "value": {"stringValue": long}}));
    let record = |body: &str, attributes: Vec<Value>| {
        json!({
            "severityNumber": 13, "body": {"stringValue": body}, "traceId": TRACE, "attributes": attributes,
        })
    };
    let records = [record(&long, Vec::new()), record("heavy", many.collect())];
    let body = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]});
    let answer = stage
        .post("/v1/logs")
        .json(&body)
        .send()
        .await
        .expect("answered");
    let told: Value = answer.json().await.expect("JSON");
    assert_eq!(told["partialSuccess"]["rejectedLogRecords"], "1", "{told}");
    let heard = ear.records(1).await;
    let group = &heard[0].body.groups[0];
    assert_eq!(group.resource.service, "unknown_service");
    assert_eq!(group.logs[0].body.len(), telemetry::MAX_TEXT_BYTES);
    assert!(
        group.logs[0].at_us > (now_ms() - 60_000) * 1_000,
        "the time of arrival"
    );
    ear.stop().await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_token_for_it_pushes_traces() {
    let stage = Stage::start().await;
    let other = TenantId(Uuid::from_u128(2));
    stage
        .grant("ovs_metrics", other, &[Scope::MetricsWrite])
        .await;
    let answer = eventually(SOON, || async {
        let push = testkit::http::client()
            .post(stage.ingress.url("/v1/traces"))
            .bearer_auth("ovs_metrics");
        let answer = push.json(&traces(&[])).send().await?;
        anyhow::ensure!(answer.status() != 401, "not known yet");
        Ok::<_, anyhow::Error>(answer)
    })
    .await;
    assert_eq!(answer.status(), 403);
    let told: Value = answer.json().await.expect("JSON");
    assert_eq!(
        (
            told["code"].as_i64(),
            told["message"]
                .as_str()
                .map(|it| it.contains("telemetry_write"))
        ),
        (Some(7), Some(true))
    );
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_telemetry_is_marked_so_that_nobody_records_its_handling() {
    let stage = Stage::start().await;
    let ear = Ear::of(&stage).await;
    let pushed = stage
        .post("/v1/traces")
        .json(&traces(&[span(now_ms())]))
        .send()
        .await;
    assert_eq!(pushed.expect("answered").status(), 200);
    let heard = ear.records(1).await;
    assert!(heard[0].header(header::UNOBSERVED).is_some());
    assert_eq!(heard[0].header("traceparent"), None);
    ear.stop().await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_again_is_taken_once() {
    let stage = Stage::start().await;
    let ear = Ear::of(&stage).await;
    let body = traces(&[span(now_ms())]);
    for _ in 0..3 {
        let answer = stage
            .post("/v1/traces")
            .json(&body)
            .send()
            .await
            .expect("answered");
        assert_eq!(answer.status(), 200);
    }
    let last = stage
        .post("/v1/traces")
        .json(&traces(&[span(now_ms() - 5_000)]))
        .send()
        .await;
    assert_eq!(last.expect("answered").status(), 200);
    assert_eq!(ear.records(2).await.len(), 2);
    ear.stop().await;
    stage.stop().await;
}
