//! How much and how fast one may push.

use contract::metric::Accepted;
use contract::plan::Plan;
use serde_json::{Value, json};

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn who_pushes_too_fast_is_told_to_wait_and_how_much_is_left() {
    let stage = Stage::on(
        Plan {
            samples_per_s: 10,
            ..Plan::default()
        },
        &["--max-samples", "50"],
    )
    .await;
    let samples = json!(vec![json!({"name": "a", "value": 1}); 50]);
    let first = stage.json(&samples).send().await.expect("answered");
    assert_eq!(first.status(), 202);
    let told: Vec<_> = first
        .headers()
        .get_all("ratelimit")
        .iter()
        .map(|v| v.to_str().expect("text"))
        .collect();
    assert!(
        told.iter().any(|left| left.starts_with("\"requests\";r=")),
        "{told:?}"
    );
    assert!(
        told.iter()
            .any(|left| left.starts_with("\"samples\";r=50;t=5")),
        "{told:?}"
    );
    assert!(
        first
            .headers()
            .get_all("ratelimit-policy")
            .iter()
            .any(|policy| policy == "\"samples\";q=100;w=10")
    );
    assert_eq!(
        stage
            .json(&samples)
            .send()
            .await
            .expect("answered")
            .status(),
        202
    );
    let refused = stage.json(&samples).send().await.expect("answered");
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    let problem: Value = refused.json().await.expect("JSON");
    assert_eq!(
        problem["errors"][0],
        json!({"field": "samples", "reason": "more than 10 a second"})
    );
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_too_many_is_rejected_and_those_there_are_go_on() {
    let stage = Stage::on(
        Plan {
            active_series: 3,
            ..Plan::default()
        },
        &[],
    )
    .await;
    let samples: Vec<_> = (0..5)
        .map(|i| json!({"name": format!("s{i}"), "value": i}))
        .collect();
    for _ in 0..2 {
        let answer = stage.json(&json!(samples)).send().await.expect("answered");
        let taken: Accepted = answer.json().await.expect("as agreed");
        assert_eq!(taken.accepted, 3);
        assert_eq!(taken.rejected[0].index, 3);
        assert_eq!(taken.rejected[0].field, "series");
    }
    stage.stop().await;
}
