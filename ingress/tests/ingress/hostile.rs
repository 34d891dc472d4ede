//! What nobody means well with: the right status, and nobody else is disturbed.

use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::stage::{Stage, TOKEN, gzipped, snapped};

async fn push(stage: &Stage, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Response {
    let push = headers
        .iter()
        .fold(stage.post(path), |push, (name, value)| {
            push.header(*name, *value)
        });
    push.body(body).send().await.expect("answered")
}

async fn problem(answer: Response, status: u16, kind: &str) -> Value {
    assert_eq!(answer.status(), status);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem: Value = answer.json().await.expect("JSON");
    assert_eq!(problem["type"], kind, "{problem}");
    problem
}

async fn still_serves(stage: &Stage) {
    let good = stage.json(&json!([{"name": "a", "value": 1}])).send().await;
    assert_eq!(good.expect("answered").status(), 202);
}

#[tokio::test(flavor = "multi_thread")]
async fn bombs_are_cut_off_while_they_inflate() {
    let stage = Stage::start().await;
    let zeros = vec![b' '; 17 << 20];
    let json = ("content-type", "application/json");
    for (encoding, bomb) in [
        ("gzip", gzipped(&zeros)),
        ("zstd", zstd::encode_all(&zeros[..], 3).expect("encodes")),
    ] {
        let answer = push(
            &stage,
            "/api/v1/metrics",
            &[json, ("content-encoding", encoding)],
            bomb,
        )
        .await;
        let problem = problem(answer, 413, "too_large").await;
        assert!(
            problem["errors"][0]["reason"]
                .to_string()
                .contains("16777216 bytes"),
            "{problem}"
        );
    }
    let protobuf = ("content-type", "application/x-protobuf");
    let snappy = ("content-encoding", "snappy");
    let claim = vec![0xff, 0xff, 0xff, 0xff, 0x0f];
    assert_eq!(
        push(&stage, "/api/v1/write", &[protobuf, snappy], claim)
            .await
            .status(),
        413
    );
    let empty_messages = [0x0a, 0x00].repeat(500_000);
    assert_eq!(
        push(&stage, "/v1/metrics", &[protobuf], empty_messages)
            .await
            .status(),
        413
    );
    still_serves(&stage).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_refused() {
    let stage = Stage::start().await;
    let json = ("content-type", "application/json");
    let deep = format!("{{\"samples\":[{}", "[".repeat(500_000));
    problem(
        push(
            &stage,
            "/api/v1/metrics",
            &[json],
            deep.clone().into_bytes(),
        )
        .await,
        400,
        "unreadable",
    )
    .await;
    assert_eq!(
        push(&stage, "/v1/metrics", &[json], deep.into_bytes())
            .await
            .status(),
        400
    );
    let form = ("content-type", "application/x-www-form-urlencoded");
    problem(
        push(&stage, "/api/v1/metrics", &[form], b"a=1".to_vec()).await,
        415,
        "unsupported_media_type",
    )
    .await;
    let brotli = ("content-encoding", "br");
    let refused = push(&stage, "/api/v1/metrics", &[json, brotli], b"{}".to_vec()).await;
    let refused = problem(refused, 415, "unsupported_encoding").await;
    assert!(
        refused["errors"][0]["reason"]
            .to_string()
            .contains("gzip, deflate, zstd"),
        "{refused}"
    );
    let protobuf = ("content-type", "application/x-protobuf");
    let truncated = snapped(&[0x0a, 0x05, 0x0a]);
    let answer = push(
        &stage,
        "/api/v1/write",
        &[protobuf, ("content-encoding", "snappy")],
        truncated,
    )
    .await;
    assert_eq!(answer.status(), 400);
    let plain = push(&stage, "/api/v1/write", &[protobuf], vec![]).await;
    assert_eq!(plain.status(), 415, "remote write without snappy");
    let large = vec![b' '; (1 << 20) + 1];
    let refused = problem(
        push(&stage, "/api/v1/metrics", &[json], large).await,
        413,
        "too_large",
    )
    .await;
    assert!(
        refused["errors"][0]["reason"]
            .to_string()
            .contains("1048576 bytes"),
        "{refused}"
    );
    let many = json!({"samples": vec![json!({"name": "a", "value": 1}); 10_001]}).to_string();
    let refused = problem(
        push(&stage, "/api/v1/metrics", &[json], many.into_bytes()).await,
        413,
        "too_large",
    )
    .await;
    assert!(
        refused["errors"][0]["reason"].to_string().contains("10000"),
        "{refused}"
    );
    let huge = json!({"samples": [{"name": "a", "labels": {"l": "x".repeat(2_000)}, "value": 1}]})
        .to_string();
    let refused = problem(
        push(&stage, "/api/v1/metrics", &[json], huge.into_bytes()).await,
        422,
        "invalid",
    )
    .await;
    assert_eq!(refused["errors"][0]["field"], "samples[0].labels");
    let nothing = stage.json(&json!([])).send().await.expect("answered");
    problem(nothing, 422, "invalid").await;
    still_serves(&stage).await;
    stage.stop().await;
}

fn head(stage: &Stage, length: usize) -> String {
    format!(
        "POST /api/v1/metrics HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n",
        stage.ingress.http()
    )
}

async fn say(stage: &Stage, words: &str) -> String {
    let mut connection = TcpStream::connect(stage.ingress.http())
        .await
        .expect("connects");
    connection.write_all(words.as_bytes()).await.expect("sent");
    let mut said = Vec::new();
    let read = connection.read_to_end(&mut said);
    let ended = tokio::time::timeout(Duration::from_secs(20), read).await;
    ended.expect("the connection is closed").expect("read");
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let stage = Stage::with(&["--max-body-s", "1"]).await;
    let said = say(&stage, &format!("{}{{\"samples\":", head(&stage, 1_000))).await;
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    still_serves(&stage).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_behind_a_push_does_not_spoil_it() {
    let stage = Stage::start().await;
    let body = "{\"samples\":[{\"name\":\"a\",\"value\":1}]}";
    let said = say(
        &stage,
        &format!(
            "{}{body}\x16\x03\x01 garbage\r\n\r\n",
            head(&stage, body.len())
        ),
    )
    .await;
    assert!(said.starts_with("HTTP/1.1 202"), "{said}");
    assert!(said.contains("HTTP/1.1 400"), "{said}");
    assert_eq!(stage.heard(1).await.len(), 1);
    stage.stop().await;
}
