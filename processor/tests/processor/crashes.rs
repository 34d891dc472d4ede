//! A processor that is killed at each step of telling people, and another that goes on.

use contract::channel::DeliveryOutcome::Delivered;
use contract::stream;
use futures_util::future::LocalBoxFuture;
use futures_util::{FutureExt, StreamExt};
use serde_json::Value;
use testkit::eventually;
use testkit::webhook::Answer;

use crate::stage::{DEADLINE, Stage};

/// When the first processor dies.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    /// In which message it is told is decided, and nothing more.
    Decided,
    /// The notification is queued or about to be.
    Queued,
    /// It asked the store where to send to, and has no answer.
    Asking,
    /// The receiver has the request and has not answered.
    Sending,
    /// The receiver has answered.
    Answered,
    /// What the attempt came to is kept, and perhaps not logged.
    Kept,
    /// The attempt is logged, and perhaps the message is not acknowledged.
    Logged,
}

/// An incident opens, the processor dies at this step, another takes over: how often the receiver got the message.
async fn dies(step: Step) -> usize {
    let stage = Stage::set().await;
    // Who does not know where to send to has not sent anything when it dies.
    if matches!(step, Step::Decided | Step::Queued | Step::Asking) {
        stage.channels.withhold();
    }
    if step == Step::Sending {
        stage.receiver.answer(Answer::Hang);
    }
    let first = stage.processor().await;
    let monitor = stage.monitor().await;
    let reached = reach(&stage, step).await;
    let outage = stage.outage(&monitor);
    tokio::join!(reached, outage);
    first.kill();

    stage.channels.tell();
    stage.receiver.answer(Answer::Status(204));
    let second = stage.processor().await;
    eventually(DEADLINE, || async {
        let log = stage.deliveries();
        let arrived = log.iter().filter(|it| it.outcome == Delivered).count();
        if arrived == 1 && stage.messages_in("NOTIFICATIONS").await == 0 {
            Ok(())
        } else {
            Err(format!("{log:#?}"))
        }
    })
    .await;
    stage.recovery(&monitor).await;
    eventually(DEADLINE, || async {
        let log = stage.deliveries();
        log.iter().filter(|it| it.outcome == Delivered).count() == 2
    })
    .await;
    let requests = stage.receiver.requests();
    let (last, earlier) = requests.split_last().expect("requests");
    assert_eq!(last.json::<Value>()["type"], "incident.resolved");
    for request in earlier {
        assert_eq!(request.json::<Value>()["type"], "incident.opened");
        assert_eq!(request.id(), earlier[0].id(), "one message has one name");
    }
    assert_eq!(stage.messages_in("DEAD_LETTERS").await, 0);
    second.stop().await;
    let told = earlier.len();
    stage.strike().await;
    told
}

/// Begins to look; what it gives back ends when the step is reached.
async fn reach(stage: &Stage, step: Step) -> LocalBoxFuture<'_, ()> {
    match step {
        Step::Decided => written(stage, stream::OUTBOX, |_| true).await.boxed_local(),
        Step::Queued => written(stage, stream::DELIVERIES, |_| true)
            .await
            .boxed_local(),
        Step::Asking => stage.channels.until_asked().boxed_local(),
        Step::Sending | Step::Answered => {
            let asked = stage.receiver.wait_for(1, DEADLINE);
            asked.map(drop).boxed_local()
        }
        Step::Kept => written(stage, stream::DELIVERIES, |it| !it["last"].is_null())
            .await
            .boxed_local(),
        Step::Logged => stage.until_deliveries(1).map(drop).boxed_local(),
    }
}

/// Begins to watch a bucket; what it gives back ends when the bucket holds a value like this.
async fn written<L: Fn(&Value) -> bool>(
    stage: &Stage,
    bucket: stream::Bucket,
    like: L,
) -> impl Future<Output = ()> + use<L> {
    let bucket = stage.processor_bus().await.bucket::<Value>(bucket).await;
    let mut changes = Box::pin(bucket.watch());
    assert_eq!(changes.next().await, Some(bus::Change::Began));
    async move {
        while let Some(change) = changes.next().await {
            if matches!(&change, bus::Change::Put { value, .. } if like(value)) {
                return;
            }
        }
    }
}

#[tokio::test]
async fn after_the_decision() {
    assert_eq!(dies(Step::Decided).await, 1);
}

#[tokio::test]
async fn after_queueing() {
    assert_eq!(dies(Step::Queued).await, 1);
}

#[tokio::test]
async fn before_sending() {
    assert_eq!(dies(Step::Asking).await, 1);
}

#[tokio::test]
async fn before_the_receiver_answers() {
    // It got the message twice and took it once, as the same message.
    assert_eq!(dies(Step::Sending).await, 2);
}

#[tokio::test]
async fn after_the_receiver_answered() {
    // Twice where the answer died with the process: the gap of all webhooks, which `webhook-id` closes.
    assert!((1..=2).contains(&dies(Step::Answered).await));
}

#[tokio::test]
async fn after_the_attempt_is_kept() {
    assert_eq!(dies(Step::Kept).await, 1);
}

#[tokio::test]
async fn after_the_attempt_is_logged() {
    assert_eq!(dies(Step::Logged).await, 1);
}
