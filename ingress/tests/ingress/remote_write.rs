//! Prometheus remote write, encoded by structs of its own specification.

use prost::Message;
use reqwest::Response;

use crate::stage::{Stage, lines, now_ms, snapped};

const STALE: u64 = 0x7ff0_0000_0000_0002;
const V2: &str = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

#[derive(Clone, PartialEq, Message)]
struct WriteRequest {
    #[prost(message, repeated, tag = "1")]
    timeseries: Vec<TimeSeries>,
}

#[derive(Clone, PartialEq, Message)]
struct TimeSeries {
    #[prost(message, repeated, tag = "1")]
    labels: Vec<Label>,
    #[prost(message, repeated, tag = "2")]
    samples: Vec<Sample>,
    #[prost(message, repeated, tag = "4")]
    histograms: Vec<Histogram>,
}

#[derive(Clone, PartialEq, Message)]
struct Label {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    value: String,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct Sample {
    #[prost(double, tag = "1")]
    value: f64,
    #[prost(int64, tag = "2")]
    timestamp: i64,
}

#[derive(Clone, PartialEq, Message)]
struct Histogram {
    #[prost(uint64, tag = "1")]
    count: u64,
    #[prost(double, tag = "3")]
    sum: f64,
    #[prost(sint32, tag = "4")]
    schema: i32,
    #[prost(message, repeated, tag = "11")]
    positive_spans: Vec<Span>,
    #[prost(sint64, repeated, tag = "12")]
    positive_deltas: Vec<i64>,
    #[prost(int64, tag = "15")]
    timestamp: i64,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct Span {
    #[prost(sint32, tag = "1")]
    offset: i32,
    #[prost(uint32, tag = "2")]
    length: u32,
}

#[derive(Clone, PartialEq, Message)]
struct Request {
    #[prost(string, repeated, tag = "4")]
    symbols: Vec<String>,
    #[prost(message, repeated, tag = "5")]
    timeseries: Vec<TimeSeries2>,
}

#[derive(Clone, PartialEq, Message)]
struct TimeSeries2 {
    #[prost(uint32, repeated, tag = "1")]
    labels_refs: Vec<u32>,
    #[prost(message, repeated, tag = "2")]
    samples: Vec<Sample>,
    #[prost(message, repeated, tag = "3")]
    histograms: Vec<Histogram>,
}

fn series(labels: &[(&str, &str)], samples: Vec<Sample>) -> TimeSeries {
    let label = |(name, value): &(&str, &str)| Label {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
    };
    TimeSeries {
        labels: labels.iter().map(label).collect(),
        samples,
        histograms: vec![],
    }
}

fn sample(value: f64) -> Sample {
    Sample {
        value,
        timestamp: now_ms(),
    }
}

/// At schema 0 the bounds are powers of two: two values up to 1, one up to 2, four up to 8.
fn histogram() -> Histogram {
    let span = |offset, length| Span { offset, length };
    Histogram {
        count: 7,
        sum: 25.5,
        schema: 0,
        positive_spans: vec![span(0, 2), span(1, 1)],
        positive_deltas: vec![2, -1, 3],
        timestamp: now_ms(),
    }
}

async fn push(stage: &Stage, content_type: &str, message: &impl Message) -> Response {
    let push = stage
        .post("/api/v1/write")
        .header("content-type", content_type);
    let body = snapped(&message.encode_to_vec());
    let push = push.header("content-encoding", "snappy").body(body);
    push.send().await.expect("answered")
}

fn written(answer: &Response) -> [String; 3] {
    ["samples", "histograms", "exemplars"].map(|what| {
        let name = format!("x-prometheus-remote-write-{what}-written");
        answer.headers()[&name].to_str().expect("text").to_owned()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn version_1_is_taken_with_stale_markers_and_histograms() {
    let stage = Stage::start().await;
    let mut native = series(&[("__name__", "rpc_seconds"), ("job", "x")], vec![]);
    native.histograms = vec![histogram()];
    let request = WriteRequest {
        timeseries: vec![
            series(
                &[("__name__", "up"), ("job", "x"), ("instance", "a:1")],
                vec![sample(1.0)],
            ),
            series(
                &[("__name__", "gone"), ("job", "x")],
                vec![sample(f64::from_bits(STALE))],
            ),
            native,
        ],
    };
    let answer = push(&stage, "application/x-protobuf", &request).await;
    assert_eq!(answer.status(), 204);
    assert_eq!(written(&answer), ["2", "1", "0"]);
    assert_eq!(
        lines(&stage.heard(8).await),
        [
            "rpc_seconds_bucket{job=x,le=+Inf} 7",
            "rpc_seconds_bucket{job=x,le=0} 0",
            "rpc_seconds_bucket{job=x,le=1} 2",
            "rpc_seconds_bucket{job=x,le=2} 3",
            "rpc_seconds_bucket{job=x,le=8} 7",
            "rpc_seconds_count{job=x} 7",
            "rpc_seconds_sum{job=x} 25.5",
            "up{instance=a:1,job=x} 1",
        ]
    );
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn version_2_is_taken_and_counted() {
    let stage = Stage::start().await;
    let symbols = ["", "__name__", "up", "job", "x"].map(str::to_owned);
    let one = |labels_refs: &[u32], histograms| TimeSeries2 {
        labels_refs: labels_refs.to_vec(),
        samples: vec![
            sample(3.0),
            Sample {
                timestamp: now_ms() + 1,
                value: 4.0,
            },
        ],
        histograms,
    };
    let request = Request {
        symbols: symbols.to_vec(),
        timeseries: vec![one(&[1, 2, 3, 4], vec![])],
    };
    let answer = push(&stage, V2, &request).await;
    assert_eq!(
        (answer.status().as_u16(), written(&answer)),
        (204, ["2", "0", "0"].map(str::to_owned))
    );
    let again = push(&stage, V2, &request).await;
    assert_eq!(
        written(&again),
        ["2", "0", "0"],
        "also of what was there already"
    );
    let series = stage.heard(2).await;
    assert_eq!(lines(&series)[0], "up{job=x} 3 4");

    let beside_the_table = Request {
        symbols: symbols.to_vec(),
        timeseries: vec![one(&[1, 99], vec![])],
    };
    assert_eq!(push(&stage, V2, &beside_the_table).await.status(), 400);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_sample_is_refused_in_words_and_the_good_ones_are_written() {
    let stage = Stage::start().await;
    let request = WriteRequest {
        timeseries: vec![
            series(&[("__name__", "up")], vec![sample(1.0)]),
            series(&[("__name__", "up"), ("bad name", "x")], vec![sample(1.0)]),
        ],
    };
    let answer = push(&stage, "application/x-protobuf", &request).await;
    assert_eq!(answer.status(), 400, "Prometheus does not try this again");
    assert_eq!(written(&answer), ["1", "0", "0"]);
    let words = answer.text().await.expect("words");
    assert!(
        words.contains("sample 1") && words.contains("`bad name`"),
        "{words}"
    );
    assert_eq!(lines(&stage.heard(1).await), ["up{} 1"]);

    let unknown = push(
        &stage,
        "application/x-protobuf;proto=io.prometheus.write.v9",
        &request,
    )
    .await;
    assert_eq!(unknown.status(), 415);
    stage.stop().await;
}
