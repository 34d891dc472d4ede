//! OTLP over HTTP.

use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use prost::Message;
use serde_json::{Value, json};

use crate::stage::{Stage, gzipped, lines, now_ms};

fn request() -> Value {
    let at = (now_ms() * 1_000_000).to_string();
    let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    json!({"resourceMetrics": [{
        "resource": {"attributes": [text("service.name", "shop"), text("service.namespace", "web"), text("host.name", "h1")]},
        "scopeMetrics": [{"metrics": [
            {"name": "queue.depth", "gauge": {"dataPoints": [
                {"asDouble": 7.5, "timeUnixNano": at, "attributes": [text("queue", "mail")]},
                {"asInt": "-3", "timeUnixNano": at},
                {"timeUnixNano": at},
            ]}},
            {"name": "requests", "sum": {"aggregationTemporality": 2, "isMonotonic": true, "dataPoints": [{"asInt": "10", "timeUnixNano": at}]}},
            {"name": "more/requests", "sum": {"aggregationTemporality": 1, "isMonotonic": true, "dataPoints": [{"asInt": "4", "timeUnixNano": at}]}},
            {"name": "latency", "unit": "s", "histogram": {"aggregationTemporality": 2, "dataPoints": [
                {"count": "6", "sum": 12.5, "bucketCounts": ["1", "2", "3"], "explicitBounds": [0.5, 1.0], "timeUnixNano": at},
            ]}},
            {"name": "sizes", "exponentialHistogram": {"aggregationTemporality": 2, "dataPoints": [
                {"count": "4", "sum": 9.0, "scale": 1, "zeroCount": "1", "positive": {"offset": 0, "bucketCounts": ["1", "1", "1"]}, "timeUnixNano": at},
            ]}},
            {"name": "old", "summary": {"dataPoints": [
                {"count": "4", "sum": 8.0, "quantileValues": [{"quantile": 0.5, "value": 1.5}], "timeUnixNano": at},
            ]}},
        ]}],
    }]})
}

const SERIES: [&str; 18] = [
    "latency_bucket{job=web/shop,le=+Inf} 6",
    "latency_bucket{job=web/shop,le=0.5} 1",
    "latency_bucket{job=web/shop,le=1} 3",
    "latency_count{job=web/shop} 6",
    "latency_sum{job=web/shop} 12.5",
    "more_requests{job=web/shop} 4",
    "old_count{job=web/shop} 4",
    "old_sum{job=web/shop} 8",
    "old{job=web/shop,quantile=0.5} 1.5",
    "queue.depth{job=web/shop,queue=mail} 7.5",
    "queue.depth{job=web/shop} -3",
    "requests{job=web/shop} 10",
    "sizes_bucket{job=web/shop,le=+Inf} 4",
    "sizes_bucket{job=web/shop,le=0} 1",
    "sizes_bucket{job=web/shop,le=2} 3",
    "sizes_bucket{job=web/shop,le=4} 4",
    "sizes_count{job=web/shop} 4",
    "sizes_sum{job=web/shop} 9",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_point_becomes_its_series_in_both_encodings() {
    let stage = Stage::start().await;
    let json = request();
    let push = stage
        .post("/v1/metrics")
        .header("content-type", "application/json");
    let answer = push.body(json.to_string()).send().await.expect("answered");
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.expect("JSON");
    assert_eq!(answer["partialSuccess"]["rejectedDataPoints"], "1");
    let words = answer["partialSuccess"]["errorMessage"].to_string();
    assert!(words.contains("sample 2: value cannot be read"), "{words}");
    // One more describes the resource.
    let heard = lines(&stage.heard(SERIES.len() + 1).await);
    assert_eq!(heard[..SERIES.len()], SERIES);
    assert_eq!(
        heard[SERIES.len()],
        "target_info{host.name=h1,job=web/shop} 1"
    );

    let request: ExportMetricsServiceRequest = serde_json::from_value(json).expect("a request");
    let push = stage
        .post("/v1/metrics")
        .header("content-type", "application/x-protobuf");
    let push = push
        .header("content-encoding", "gzip")
        .body(gzipped(&request.encode_to_vec()));
    let answer = push.send().await.expect("answered");
    assert_eq!(answer.headers()["content-type"], "application/x-protobuf");
    let answer = answer.bytes().await.expect("a body");
    let answer = ExportMetricsServiceResponse::decode(answer).expect("a response");
    assert_eq!(
        answer
            .partial_success
            .expect("partial")
            .rejected_data_points,
        1
    );
    stage.heard(2 * (SERIES.len() + 1)).await;
    stage.stop().await;
}

#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_is_a_status_in_the_encoding_of_the_request() {
    let stage = Stage::start().await;
    let broken = |content_type: &str| {
        let push = stage
            .post("/v1/metrics")
            .header("content-type", content_type);
        push.body("\x0a\x7f").send()
    };
    let answer = broken("application/x-protobuf").await.expect("answered");
    assert_eq!(answer.status(), 400);
    let status = Status::decode(answer.bytes().await.expect("a body")).expect("a status");
    assert_eq!(status.code, 3);
    assert!(
        status.message.contains("ExportMetricsServiceRequest"),
        "{status:?}"
    );
    let answer = broken("application/json").await.expect("answered");
    assert_eq!(answer.status(), 400);
    let status: Value = answer.json().await.expect("JSON");
    assert_eq!(status["code"], 3);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_export_is_a_success() {
    let stage = Stage::start().await;
    let push = stage
        .post("/v1/metrics")
        .header("content-type", "application/x-protobuf");
    let answer = push.body("").send().await.expect("answered");
    assert_eq!(
        (
            answer.status().as_u16(),
            answer.bytes().await.expect("a body").len()
        ),
        (200, 0)
    );
    stage.stop().await;
}
