//! The line protocol of InfluxDB.

use serde_json::Value;

use crate::stage::{Stage, gzipped, lines, now_ms};

#[tokio::test(flavor = "multi_thread")]
async fn lines_become_samples_in_any_precision() {
    let stage = Stage::start().await;
    let seconds = now_ms() / 1_000;
    for (path, time) in [
        ("/write?db=telegraf&precision=s", seconds),
        (
            "/api/v2/write?org=x&bucket=y&precision=ms",
            seconds * 1_000 + 1,
        ),
        ("/write", seconds * 1_000_000_000 + 2_000_000),
    ] {
        let body =
            format!("cpu,host=a usage=1.5,n=2i,ok=t,note=\"text\" {time}\ntemp value=3 {time}");
        let push = stage.post(path).header("content-encoding", "gzip");
        let answer = push
            .body(gzipped(body.as_bytes()))
            .send()
            .await
            .expect("answered");
        assert_eq!(answer.status(), 204, "{path}");
    }
    let heard = stage.heard(12).await;
    assert_eq!(
        lines(&heard[..4]),
        [
            "cpu_n{host=a} 2",
            "cpu_ok{host=a} 1",
            "cpu_usage{host=a} 1.5",
            "temp{} 3"
        ]
    );
    let mut times: Vec<_> = heard
        .iter()
        .filter(|s| s.name == "temp")
        .map(|s| s.points[0].0 - seconds * 1_000)
        .collect();
    times.sort_unstable();
    assert_eq!(times, [0, 1, 2]);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_line_is_named_and_the_good_ones_are_kept() {
    let stage = Stage::start().await;
    let push = stage.post("/write").body("a v=1\nb v=\nc v=3");
    let answer = push.send().await.expect("answered");
    assert_eq!(answer.status(), 400);
    let answer: Value = answer.json().await.expect("JSON");
    let words = answer["error"].as_str().expect("words");
    assert!(
        words.starts_with("partial write: 1 of 3") && words.contains("line 2 has a field"),
        "{words}"
    );
    let push = stage.post("/api/v2/write?precision=weeks").body("a v=1");
    let answer: Value = push
        .send()
        .await
        .expect("answered")
        .json()
        .await
        .expect("JSON");
    assert_eq!(answer["code"], "invalid");
    assert_eq!(lines(&stage.heard(2).await), ["a_v{} 1", "c_v{} 3"]);
    stage.stop().await;
}
