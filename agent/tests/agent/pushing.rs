use std::time::Duration;

use testkit::eventually;

use crate::ingress::{Answer, Ingress};
use crate::process::{Agent, registered};

const CLOCK: &str = "system.uptime";

/// No instant twice, none out of order.
fn assert_in_order(instants: &[i64]) {
    assert!(instants.is_sorted_by(|a, b| a < b), "{instants:?}");
}

#[tokio::test]
async fn what_it_measures_is_named_and_marked_with_its_host() {
    let ingress = Ingress::start().await;
    let state = registered(&ingress.url());
    let agent = Agent::run(state.path());
    ingress.takes(2).await;
    let push = ingress.taken().remove(1);
    assert_eq!(push.token, "Bearer ovs_secret");
    for sample in &push.samples {
        validator::Validate::validate(sample).expect("a sample that ingress takes");
        assert_eq!(sample.labels["host"], "web-1", "{sample:?}");
        assert!(sample.unit.is_some(), "{sample:?}");
    }
    for metric in [
        "system.cpu.utilization",
        "system.memory.usage",
        "system.filesystem.usage",
        "system.network.io",
        "agent.uptime",
        "agent.memory.usage",
        CLOCK,
    ] {
        let found = push.samples.iter().any(|sample| sample.name == metric);
        assert!(found, "{metric} is missing");
    }
    assert!(agent.stop().await.success());
}

#[tokio::test]
async fn what_was_measured_while_ingress_was_away_is_caught_up_in_order() {
    let mut ingress = Ingress::start().await;
    let state = registered(&ingress.url());
    let agent = Agent::run(state.path());
    ingress.takes(2).await;
    ingress.go_away().await;
    agent.says("what is measured waits on disk").await;
    let before = ingress.instants(CLOCK).len();
    agent.kill();
    let agent = Agent::run(state.path());
    agent.says("what is measured waits on disk").await;
    ingress.come_back().await;
    ingress.takes(6).await;
    assert!(agent.stop().await.success());
    let instants = ingress.instants(CLOCK);
    assert!(instants.len() > before, "{instants:?}");
    assert_in_order(&instants);
}

#[tokio::test]
async fn a_push_whose_answer_was_lost_is_repeated_under_its_key() {
    let ingress = Ingress::start().await;
    ingress.script([Answer::Lose, Answer::Lose]);
    let state = registered(&ingress.url());
    let agent = Agent::run(state.path());
    ingress.takes(2).await;
    assert!(agent.stop().await.success());
    let pushes = ingress.pushes();
    let keys: Vec<_> = pushes
        .iter()
        .take(3)
        .map(|push| push.key.as_str())
        .collect();
    assert_eq!(keys, [keys[0]; 3]);
    assert_ne!(pushes[3].key, keys[0]);
    assert_in_order(&ingress.instants(CLOCK));
}

#[tokio::test]
async fn an_ingress_that_asks_for_patience_gets_it() {
    let ingress = Ingress::start().await;
    let busy = |status| Answer::Refuse {
        status,
        retry_after_s: Some(2),
    };
    ingress.script([busy(429), busy(503)]);
    let state = registered(&ingress.url());
    let agent = Agent::run(state.path());
    ingress.takes(1).await;
    assert!(agent.stop().await.success());
    let pushes = ingress.pushes();
    for pair in pushes[..3].windows(2) {
        assert_eq!(pair[0].key, pair[1].key);
        let waited = pair[1].at - pair[0].at;
        assert!(waited >= Duration::from_secs(2), "{waited:?}");
    }
}

#[tokio::test]
async fn what_can_never_be_taken_is_dropped_and_the_next_one_follows() {
    let ingress = Ingress::start().await;
    ingress.script([Answer::Refuse {
        status: 422,
        retry_after_s: None,
    }]);
    let state = registered(&ingress.url());
    let agent = Agent::run(state.path());
    agent
        .says("samples are dropped: ingress answered 422: not now: the words of ingress")
        .await;
    ingress.takes(2).await;
    let dropped = ingress.pushes()[0].samples.len();
    eventually(Duration::from_secs(30), || async {
        let pushes = ingress.taken();
        let samples = pushes.iter().flat_map(|push| &push.samples);
        let refused = |labels: &contract::metric::Labels| {
            labels.get("reason").is_some_and(|it| it == "refused")
        };
        let mut told =
            samples.filter(|it| it.name == "agent.samples.dropped" && refused(&it.labels));
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let counted = told.any(|sample| (sample.value - dropped as f64).abs() < 0.5);
        counted.then_some(()).ok_or("the loss is not told")
    })
    .await;
    assert!(agent.stop().await.success());
}

#[tokio::test]
async fn a_host_whose_token_was_revoked_is_told_what_to_do_and_loses_nothing() {
    let ingress = Ingress::start().await;
    let refused = Answer::Refuse {
        status: 401,
        retry_after_s: None,
    };
    ingress.script([refused.clone(), refused]);
    let state = registered(&ingress.url());
    let agent = Agent::run(state.path());
    agent.says("add it anew in the dashboard under Hosts").await;
    ingress.takes(1).await;
    assert!(agent.stop().await.success());
    let pushes = ingress.pushes();
    assert_eq!(pushes[0].key, pushes[2].key);
}

#[tokio::test]
async fn an_agent_that_is_stopped_pushes_what_it_has() {
    let ingress = Ingress::start().await;
    let state = registered(&ingress.url());
    let agent = Agent::run(state.path());
    ingress.takes(1).await;
    assert!(agent.stop().await.success());
    let left = std::fs::read_dir(state.path().join("buffer")).expect("a buffer");
    let sizes: u64 = left
        .map(|file| file.expect("listed"))
        .filter(|file| file.path().extension().is_some_and(|it| it == "batches"))
        .map(|file| file.metadata().expect("read").len())
        .sum();
    let cursor = std::fs::read_to_string(state.path().join("buffer/cursor")).expect("a cursor");
    assert_eq!(cursor.trim(), format!("1 {sizes}"));
}
