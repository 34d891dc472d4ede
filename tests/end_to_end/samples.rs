//! The way of a sample.

use std::time::{Duration, Instant};

use serde_json::json;
use system_tests::Environment;
use system_tests::api::{Api, now_ms};
use system_tests::push::{Pusher, unique};
use testkit::eventually;

/// Promised from the acknowledgement to the answer of a query.
const READABLE: Duration = Duration::from_secs(2);
const STORED: Duration = Duration::from_secs(20);

pub(crate) async fn a_pushed_sample_is_read_back_within_two_seconds(environment: &Environment) {
    let api = Api::sign_in(environment).await;
    let mut waits = Vec::new();
    for _ in 0..3 {
        waits.push(wait_for_a_sample(environment, &api).await);
    }
    waits.sort_unstable();
    // The machine may be busy during one of them.
    assert!(waits[1] <= READABLE, "{waits:?}");
}

/// From the acknowledgement to the answer.
async fn wait_for_a_sample(environment: &Environment, api: &Api) -> Duration {
    let metric = unique("first");
    let at_ms = now_ms();
    let sample = json!({"name": metric, "labels": {"host": "a"}, "value": 42.5, "timestamp_ms": at_ms, "unit": "By"});
    let accepted = Pusher::new(environment).push(&[sample]).await.expect(202);
    assert_eq!(accepted["accepted"], 1, "{accepted:#}");
    let acknowledged_at = Instant::now();
    let points = eventually(STORED, || async {
        api.points(&metric)
            .await?
            .first()
            .copied()
            .ok_or_else(|| "no points yet".to_owned())
    })
    .await;
    let wait = acknowledged_at.elapsed();
    assert_eq!(points, (at_ms, 42.5));
    wait
}

pub(crate) async fn a_push_that_is_repeated_changes_nothing(environment: &Environment) {
    let api = Api::sign_in(environment).await;
    let pusher = Pusher::new(environment);
    let (repeated, marker) = (unique("repeated"), unique("marker"));
    let at_ms = now_ms();
    for _ in 0..3 {
        let sample = json!({"name": repeated, "value": 7, "timestamp_ms": at_ms});
        pusher.push(&[sample]).await.expect(202);
    }
    // What was pushed later to the same tenant is stored later.
    pusher
        .push(&[json!({"name": marker, "value": 1})])
        .await
        .expect(202);
    eventually(STORED, || async {
        api.points(&marker)
            .await
            .map(|points| !points.is_empty())?
            .then_some(())
            .ok_or("not yet".to_owned())
    })
    .await;
    assert_eq!(api.points(&repeated).await, Ok(vec![(at_ms, 7.0)]));
}
