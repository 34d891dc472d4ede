//! JSON and NDJSON.

use contract::metric::Accepted;
use serde_json::json;

use crate::stage::{Stage, gzipped, lines};

#[tokio::test(flavor = "multi_thread")]
async fn good_samples_are_taken_and_bad_ones_named_in_any_encoding() {
    let stage = Stage::start().await;
    let body = json!({"samples": [
        {"name": "a", "labels": {"zone": "1", "host": "x"}, "value": 1},
        {"name": "9", "value": 1},
        {"name": "b", "value": 2.5, "kind": "counter", "unit": "By"},
        {"name": "c", "value": "many"},
    ]})
    .to_string();
    let zstd = zstd::encode_all(body.as_bytes(), 3).expect("encodes");
    for (encoding, body) in [
        ("identity", body.clone().into_bytes()),
        ("gzip", gzipped(body.as_bytes())),
        ("zstd", zstd),
    ] {
        let push = stage
            .post("/api/v1/metrics")
            .header("content-encoding", encoding);
        let answer = push
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await
            .expect("answered");
        assert_eq!(answer.status(), 202, "{encoding}");
        let taken: Accepted = answer.json().await.expect("as agreed");
        assert_eq!(taken.accepted, 2);
        let named: Vec<_> = taken
            .rejected
            .iter()
            .map(|r| (r.index, r.field.as_str()))
            .collect();
        assert_eq!(named, [(1, "name"), (3, "sample")]);
    }
    let heard = lines(&stage.heard(6).await);
    assert_eq!(heard[0], "a{host=x,zone=1} 1");
    assert_eq!(heard[3], "b{} 2.5");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_repeated_under_its_key_is_taken_once() {
    let stage = Stage::start().await;
    let samples = json!([{"name": "a", "value": 1}, {"name": "b", "value": 2, "timestamp_ms": crate::stage::now_ms()}]);
    for _ in 0..3 {
        let push = stage.json(&samples).header("idempotency-key", "k1");
        assert_eq!(push.send().await.expect("answered").status(), 202);
    }
    let other = stage.json(&json!([{"name": "a", "value": 9}]));
    let other = other.header("idempotency-key", "k1").send().await;
    assert_eq!(other.expect("answered").status(), 202);
    assert_eq!(
        lines(&stage.heard(3).await),
        ["a{} 1", "a{} 9", "b{} 2"],
        "another content is not lost under the same key"
    );
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_may_be_longer_than_a_push() {
    let stage = Stage::start().await;
    let now_ms = crate::stage::now_ms();
    let line = |i: i64| {
        let (name, at_ms) = (format!("s{}", i % 7), now_ms - i);
        json!({"name": name, "value": i, "timestamp_ms": at_ms}).to_string() + "\n"
    };
    let mut body = (0..25_000).map(line).collect::<String>();
    body.push_str("{\"name\":\"last\"}\n");
    let push = stage
        .post("/api/v1/metrics")
        .header("content-type", "application/x-ndjson");
    let answer = push.body(body).send().await.expect("answered");
    assert_eq!(answer.status(), 202);
    let taken: Accepted = answer.json().await.expect("as agreed");
    assert_eq!(taken.accepted, 25_000);
    assert_eq!(taken.rejected[0].index, 25_000);
    let heard = stage.heard(25_000).await;
    let of_s0: Vec<f64> = heard
        .iter()
        .filter(|s| s.name == "s0")
        .flat_map(|s| s.points.iter().map(|p| p.1))
        .collect();
    assert!(of_s0.is_sorted(), "the order of a series is kept");
    stage.stop().await;
}
