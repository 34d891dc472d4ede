//! The promises of the bus, on a real nats-server.

mod answers;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bus::{Bus, Change, Failure, Limits, Message};
use contract::event::{Event, StateChanged};
use contract::id::{MonitorId, TenantId};
use contract::monitor::State;
use contract::{access, stream, subject, token};
use futures_util::StreamExt;
use testkit::eventually;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

const DEADLINE: Duration = Duration::from_secs(30);
const TENANT: TenantId = TenantId(Uuid::from_u128(1));

type Seen = Arc<Mutex<Vec<u64>>>;

async fn provisioned() -> (testkit::Nats, Bus) {
    let nats = testkit::nats().await;
    nats.provision().await;
    let bus = nats.bus(access::PROCESSOR, &CancellationToken::new()).await;
    (nats, bus)
}

async fn publish(bus: &Bus, sequence: u64) {
    let change = StateChanged {
        detail: None,
        monitor: MonitorId(Uuid::from_u128(2)),
        sequence,
        from: State::Up,
        to: State::Down,
        at: chrono::DateTime::UNIX_EPOCH,
        reason: "for a test".to_owned(),
    };
    let event = Event::StateChanged(change);
    bus.publish(
        &subject::event(event.kind(), TENANT),
        &event.message_id(),
        &event,
    )
    .await
    .expect("acknowledged");
}

fn sequence(message: &Message<Event>) -> u64 {
    match &message.body {
        Event::StateChanged(change) => change.sequence,
        other => panic!("not published by this test: {other:?}"),
    }
}

async fn all_seen(list: &Seen, expected: &[u64]) {
    eventually(DEADLINE, || async {
        let seen = list.lock().expect("not poisoned").clone();
        if seen == expected {
            Ok(())
        } else {
            Err(format!("{seen:?}"))
        }
    })
    .await;
}

async fn consume_into(bus: Bus, list: Seen, stop: CancellationToken) {
    let durable = stream::processor_notify();
    bus::consume(
        &bus,
        &durable,
        1,
        &stop,
        move |message: Arc<Message<Event>>| {
            list.lock().expect("not poisoned").push(sequence(&message));
            async { Ok(()) }
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_publication_is_one_message() {
    let (_nats, bus) = provisioned().await;
    publish(&bus, 1).await;
    publish(&bus, 1).await;
    publish(&bus, 2).await;
    let (list, stop) = (Seen::default(), CancellationToken::new());
    let consumer =
        TaskTracker::new().spawn(consume_into(bus.clone(), Arc::clone(&list), stop.clone()));
    all_seen(&list, &[1, 2]).await;
    stop.cancel();
    consumer.await.expect("ends when told to");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retried_message_comes_again_and_before_its_successors() {
    let (_nats, bus) = provisioned().await;
    for n in 1..=3 {
        publish(&bus, n).await;
    }
    let (list, stop, failures) = (
        Seen::default(),
        CancellationToken::new(),
        Arc::new(AtomicU32::new(2)),
    );
    let handler_list = Arc::clone(&list);
    let handler = move |message: Arc<Message<Event>>| {
        handler_list
            .lock()
            .expect("not poisoned")
            .push(sequence(&message));
        let fail = sequence(&message) == 2
            && failures
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                    left.checked_sub(1)
                })
                .is_ok();
        async move {
            if fail {
                Err(Failure::Retry {
                    after: Duration::from_millis(50),
                    reason: "not yet".to_owned(),
                })
            } else {
                Ok(())
            }
        }
    };
    let durable = stream::processor_notify();
    let work = bus::consume(&bus, &durable, 8, &stop, handler);
    let check = async {
        all_seen(&list, &[1, 2, 2, 2, 3]).await;
        stop.cancel();
    };
    tokio::join!(work, check);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ordered_durable_keeps_its_order_when_its_holder_dies() {
    let (_nats, bus) = provisioned().await;
    for n in 1..=4 {
        publish(&bus, n).await;
    }
    let (reached, stop) = (Arc::new(AtomicU32::new(0)), CancellationToken::new());
    let doomed = TaskTracker::new().spawn({
        let (bus, reached) = (bus.clone(), Arc::clone(&reached));
        async move {
            let durable = stream::processor_notify();
            bus::consume(
                &bus,
                &durable,
                1,
                &CancellationToken::new(),
                move |message: Arc<Message<Event>>| {
                    let reached = Arc::clone(&reached);
                    async move {
                        if sequence(&message) == 2 {
                            reached.store(1, Ordering::SeqCst);
                            std::future::pending::<()>().await;
                        }
                        Ok(())
                    }
                },
            )
            .await;
        }
    });
    eventually(DEADLINE, || async {
        (reached.load(Ordering::SeqCst) == 1)
            .then_some(())
            .ok_or("not yet")
    })
    .await;
    doomed.abort();
    let list = Seen::default();
    let heir = TaskTracker::new().spawn(consume_into(bus.clone(), Arc::clone(&list), stop.clone()));
    all_seen(&list, &[2, 3, 4]).await;
    stop.cancel();
    heir.await.expect("ends when told to");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_loses_only_its_poison() {
    let (_nats, bus) = provisioned().await;
    for n in 1..=9 {
        publish(&bus, n).await;
    }
    let (list, stop) = (Seen::default(), CancellationToken::new());
    let handler_list = Arc::clone(&list);
    let handler = move |batch: Arc<[Message<Event>]>| {
        let numbers: Vec<u64> = batch.iter().map(sequence).collect();
        let poisoned = numbers.contains(&5);
        if !poisoned {
            handler_list.lock().expect("not poisoned").extend(numbers);
        }
        async move {
            if poisoned {
                Err(Failure::reject("five is not welcome"))
            } else {
                Ok(Vec::new())
            }
        }
    };
    let limits = Limits {
        max_messages: 100,
        max_bytes: 1 << 20,
        max_wait: Duration::from_millis(200),
        batches: 1,
    };
    let durable = stream::Durable {
        sharing: stream::Sharing::Pinned,
        ..stream::processor_notify()
    };
    let work = bus::drain(&bus, &durable, limits, &stop, handler);
    let check = async {
        all_seen(&list, &[1, 2, 3, 4, 6, 7, 8, 9]).await;
        eventually(DEADLINE, || async {
            let backlog = bus
                .backlog(&durable)
                .await
                .map_err(|error| error.to_string())?;
            (backlog == 0)
                .then_some(())
                .ok_or_else(|| format!("{backlog} left"))
        })
        .await;
        stop.cancel();
    };
    tokio::join!(work, check);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_tells_everything_then_changes_also_after_the_server_restarted() {
    let (mut nats, _processor) = provisioned().await;
    let store = nats.bus(access::STORE, &CancellationToken::new()).await;
    let ingress = nats.bus(access::INGRESS, &CancellationToken::new()).await;
    let grant = |n: u128| token::Grant {
        id: contract::id::TokenId(Uuid::from_u128(n)),
        tenant: TENANT,
        scopes: vec![],
        plan: contract::plan::Plan::default(),
    };
    let bucket = store.bucket::<token::Grant>(stream::TOKENS).await;
    let watched = ingress.bucket::<token::Grant>(stream::TOKENS).await;

    let mut empty = Box::pin(watched.watch());
    assert_eq!(empty.next().await, Some(Change::Began));
    assert_eq!(
        empty.next().await,
        Some(Change::Synced),
        "an empty bucket is known at once"
    );

    bucket.put("a", &grant(1)).await.expect("written");
    let revision = bucket
        .get("a")
        .await
        .expect("answered")
        .expect("there")
        .revision;
    let mut changes = Box::pin(watched.watch());
    assert_eq!(changes.next().await, Some(Change::Began));
    assert_eq!(
        changes.next().await,
        Some(Change::Put {
            key: "a".to_owned(),
            value: grant(1),
            revision
        })
    );
    assert_eq!(changes.next().await, Some(Change::Synced));

    nats.kill();
    nats.start().await;
    eventually(DEADLINE, || async { bucket.put("b", &grant(2)).await }).await;
    let heard = async {
        loop {
            match changes.next().await.expect("a watch never ends") {
                Change::Put { key, .. } if key == "b" => break,
                _ => {}
            }
        }
    };
    tokio::time::timeout(DEADLINE, heard)
        .await
        .expect("the change is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn compare_and_set_refuses_a_stale_revision() {
    let (_nats, bus) = provisioned().await;
    let bucket = bus.bucket::<u32>(stream::RULE_STATE).await;
    let first = bucket.create("x", &1).await.expect("created");
    assert_eq!(
        bucket.create("x", &9).await,
        Err(bus::UpdateError::Conflict)
    );
    let second = bucket.update("x", &2, first).await.expect("updated");
    assert_eq!(
        bucket.update("x", &9, first).await,
        Err(bus::UpdateError::Conflict)
    );
    let entry = bucket.get("x").await.expect("answered").expect("there");
    assert_eq!((entry.value, entry.revision), (2, second));
    bucket.delete("x").await.expect("deleted");
    assert_eq!(bucket.get("x").await.expect("answered"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_may_not_do_what_is_not_its_own() {
    let (nats, _processor) = provisioned().await;
    let prober = nats.bus(access::PROBER, &CancellationToken::new()).await;
    let samples = prober
        .publish(&subject::metrics_accepted(TENANT), "1", &"x")
        .await;
    assert!(samples.is_err(), "a prober published samples");
    assert!(
        bus::provision(&prober, &[], 1).await.is_err(),
        "a prober created a stream"
    );
}
