//! When METRICS is full or NATS is away: honest answers, and nothing that was acknowledged is lost.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use contract::access;
use contract::metric::Series;
use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::eventually;

use crate::stage::{SOON, Stage, now_ms};

/// Lets METRICS hold so many messages, as its operator might.
async fn allow_messages(stage: &Stage, max_messages: i64) {
    let mut wanted = eventually(SOON, || config(stage)).await;
    wanted["max_msgs"] = json!(max_messages);
    let text = wanted.to_string();
    let update = format!(
        "PUB $JS.API.STREAM.UPDATE.METRICS {}\r\n{text}\r\n",
        text.len()
    );
    stage.nats.say(access::DEPLOYER, &update).await;
    eventually(SOON, || async {
        config(stage)
            .await
            .map(|now| now["max_msgs"] == max_messages)?
            .then_some(())
    })
    .await;
}

/// How METRICS is set up, by the server's own account.
async fn config(stage: &Stage) -> Option<Value> {
    let url = stage.nats.monitor_url();
    let url = format!("{url}/jsz?accounts=true&streams=true&config=true");
    let answer = testkit::http::client().get(url).send().await.ok()?;
    let found: Value = answer.json().await.ok()?;
    let accounts = found["account_details"].as_array()?;
    let mut streams = accounts
        .iter()
        .filter_map(|it| it["stream_detail"].as_array());
    let metrics = streams.find_map(|it| it.iter().find(|it| it["name"] == "METRICS"))?;
    Some(metrics["config"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_log_is_said_and_the_same_push_is_taken_later() {
    let stage = Stage::start().await;
    allow_messages(&stage, 1).await;
    let push = |name: &'static str| {
        let sample = json!([{"name": name, "value": 1}]);
        stage.json(&sample).header("idempotency-key", name).send()
    };
    assert_eq!(push("first").await.expect("answered").status(), 202);
    let answer = push("late").await.expect("answered");
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
    let problem: Value = answer.json().await.expect("JSON");
    assert_eq!(problem["type"], "full");
    allow_messages(&stage, -1).await;
    eventually(SOON, || async {
        push("late").await.expect("answered").status() == 202
    })
    .await;
    let late = eventually(SOON, || async {
        let heard = stage.heard(1).await;
        let late = heard.iter().filter(|series| series.name == "late").count();
        (late > 0).then_some(late)
    });
    assert_eq!(late.await, 1);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nats_is_away_nothing_is_acknowledged() {
    let mut stage = Stage::start().await;
    stage.nats.stop().await;
    let push = || stage.json(&json!([{"name": "a", "value": 1}])).send();
    let answer = push().await.expect("answered");
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
    stage.nats.start().await;
    let push = || stage.json(&json!([{"name": "a", "value": 1}])).send();
    eventually(SOON, || async {
        push().await.expect("answered").status() == 202
    })
    .await;
    stage.heard(1).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_while_nats_was_killed_is_there() {
    let mut stage = Stage::start().await;
    let (acknowledged, done) = (Mutex::new(BTreeSet::new()), AtomicBool::new(false));
    let base_ms = now_ms();
    let url = stage.ingress.url("/api/v1/metrics");
    let pushers = join_all((0..8_u32).map(|pusher| {
        let (acknowledged, done, url) = (&acknowledged, &done, url.as_str());
        async move {
            for round in 0_u32.. {
                if done.load(Ordering::SeqCst) {
                    break;
                }
                let value = f64::from(pusher * 100_000 + round);
                let samples = json!({"samples": [{"name": format!("p{pusher}"), "value": value, "timestamp_ms": base_ms - i64::from(round)}]});
                let push = testkit::http::client().post(url).bearer_auth(crate::stage::TOKEN).json(&samples);
                let answer = push.send().await.expect("always an answer");
                match answer.status().as_u16() {
                    202 => _ = acknowledged.lock().expect("not poisoned").insert((pusher, base_ms - i64::from(round))),
                    503 => assert!(answer.headers().contains_key("retry-after")),
                    other => panic!("{other} is no honest answer"),
                }
            }
        }
    }));
    let kill = async {
        let count = || acknowledged.lock().expect("not poisoned").len();
        eventually(SOON, || async { count() > 100 }).await;
        stage.nats.kill();
        stage.nats.start().await;
        let before = count();
        eventually(SOON, || async { count() > before + 100 }).await;
        done.store(true, Ordering::SeqCst);
    };
    tokio::join!(pushers, kill);
    let acknowledged = acknowledged.into_inner().expect("not poisoned");
    eventually(SOON, || async {
        let heard = stage.heard(1).await;
        let found: BTreeSet<_> = heard.iter().flat_map(found).collect();
        let lost = acknowledged.difference(&found).count();
        (lost == 0).then_some(()).ok_or(format!("{lost} are lost"))
    })
    .await;
    stage.stop().await;
}

/// Pusher and instant of every sample.
fn found(series: &Series) -> impl Iterator<Item = (u32, i64)> {
    let pusher = series.name[1..].parse().expect("a pusher");
    series.points.iter().map(move |(at_ms, _)| (pusher, *at_ms))
}
