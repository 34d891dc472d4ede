//! From incidents to signed webhooks, with receivers of every temper.

use std::time::Duration;

use contract::channel::DeliveryOutcome::{Dead, Delivered, Failed};
use testkit::webhook::Answer;
use testkit::{Process, eventually};

use crate::stage::{DEADLINE, SECRET, Stage};

#[tokio::test]
async fn people_hear_of_an_outage_and_of_its_end_once_each() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    let monitor = stage.monitor().await;
    stage.outage(&monitor).await;
    let requests = stage.receiver.wait_for(1, DEADLINE).await;
    stage.recovery(&monitor).await;
    let all = stage.receiver.wait_for(2, DEADLINE).await;
    assert_eq!(requests.len(), 1);
    assert_eq!(all.len(), 2);
    assert_ne!(all[0].id(), all[1].id());
    for request in &all {
        assert!(request.is_signed_by(SECRET), "{request:?}");
        assert_eq!(request.header("content-type"), "application/json");
    }
    let opened: serde_json::Value = all[0].json();
    assert_eq!(opened["version"], 1);
    assert_eq!(opened["type"], "incident.opened");
    assert_eq!(opened["data"]["title"], "Public API is down");
    assert_eq!(opened["data"]["monitor"], monitor.id.to_string());
    let text = opened["data"]["text"].as_str().unwrap_or_default();
    assert!(
        text.ends_with("(2 of 2 regions failed twice: connection refused)."),
        "{text}"
    );
    let resolved: serde_json::Value = all[1].json();
    assert_eq!(resolved["type"], "incident.resolved");
    assert_eq!(resolved["data"]["incident"], opened["data"]["incident"]);
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn a_receiver_that_recovers_gets_the_message_once_and_the_log_tells_the_story() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    stage
        .receiver
        .answer_next([Answer::Status(503), Answer::Throttle { retry_after_s: 1 }]);
    let monitor = stage.monitor().await;
    stage.outage(&monitor).await;
    let requests = stage.receiver.wait_for(3, DEADLINE).await;
    assert!(
        requests
            .iter()
            .all(|request| request.id() == requests[0].id())
    );
    let deliveries = stage.until_deliveries(3).await;
    let story: Vec<_> = deliveries
        .iter()
        .map(|delivery| (delivery.attempt, delivery.outcome))
        .collect();
    assert_eq!(story, [(1, Failed), (2, Failed), (3, Delivered)]);
    assert!(deliveries[0].detail.starts_with("HTTP 503 after "));
    let patience = deliveries[2].at - deliveries[1].at;
    assert!(
        patience.num_milliseconds() >= 1_000,
        "asked for 1 s: {patience}"
    );
    eventually(DEADLINE, || async {
        stage.messages_in("NOTIFICATIONS").await == 0
    })
    .await;
    assert_eq!(stage.receiver.requests().len(), 3);
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn a_receiver_that_never_recovers_leaves_a_dead_letter() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    stage.receiver.answer(Answer::Status(500));
    let monitor = stage.monitor().await;
    stage.outage(&monitor).await;
    let deliveries = stage.until_deliveries(4).await;
    assert_eq!(deliveries[3].outcome, Dead);
    assert!(deliveries[3].detail.ends_with("given up after 4 attempts"));
    eventually(DEADLINE, || async {
        stage.messages_in("DEAD_LETTERS").await == 1
    })
    .await;
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn a_receiver_that_refuses_is_not_asked_again() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    stage.receiver.answer(Answer::Status(404));
    let monitor = stage.monitor().await;
    stage.outage(&monitor).await;
    eventually(DEADLINE, || async {
        stage.messages_in("DEAD_LETTERS").await == 1
    })
    .await;
    let deliveries = stage.until_deliveries(1).await;
    assert_eq!((deliveries[0].attempt, deliveries[0].outcome), (1, Dead));
    assert_eq!(stage.receiver.requests().len(), 1);
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn an_address_inside_is_not_dialled() {
    let stage = Stage::set().await;
    let mut args = stage.args(&[]);
    args.allow.clear();
    let processor = Process::start("processor", processor::serve, args).await;
    let monitor = stage.monitor().await;
    stage.outage(&monitor).await;
    let deliveries = stage.until_deliveries(1).await;
    assert_eq!(deliveries[0].outcome, Dead);
    assert!(deliveries[0].detail.contains("loopback"), "{deliveries:?}");
    assert_eq!(stage.receiver.requests().len(), 0);
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn a_receiver_that_hangs_is_cut_off_and_a_restart_knows_what_was_tried() {
    let stage = Stage::set().await;
    let args = stage.args(&[0.5, 0.5, 0.5]);
    let processor = Process::start("processor", processor::serve, args.clone()).await;
    stage.receiver.answer(Answer::Hang);
    let monitor = stage.monitor().await;
    stage.outage(&monitor).await;
    let deliveries = stage.until_deliveries(1).await;
    assert_eq!(deliveries[0].detail, "no answer within 5 s");
    processor.kill();
    stage.receiver.answer(Answer::Status(200));
    let processor = Process::start("processor", processor::serve, args).await;
    let deliveries = stage.until_deliveries(2).await;
    let last = deliveries.last().expect("an attempt");
    assert_eq!(last.outcome, Delivered);
    assert!(
        last.attempt >= 2,
        "the first attempt is not forgotten: {deliveries:?}"
    );
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn notifications_wait_for_a_store_that_is_away() {
    let mut stage = Stage::without_store().await;
    let processor = stage.processor().await;
    let monitor = stage.monitor().await;
    stage.outage(&monitor).await;
    eventually(DEADLINE, || async {
        !stage.states(&monitor).is_empty() && stage.messages_in("NOTIFICATIONS").await == 0
    })
    .await;
    stage.open_store();
    let requests = stage.receiver.wait_for(1, Duration::from_mins(1)).await;
    assert_eq!(requests.len(), 1);
    processor.stop().await;
    stage.strike().await;
}
