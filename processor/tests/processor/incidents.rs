//! From results to state changes and incidents, whatever dies in between.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use contract::event::{Event, IncidentOpened, StateChanged};
use contract::monitor::Monitor;
use contract::monitor::State::{Degraded, Down, Unknown, Up};
use contract::stream;
use processor::rules::monitor::{Memory, OpenIncident};
use testkit::eventually;

use crate::stage::{A, B, DEADLINE, Stage, ago, result};

#[tokio::test]
async fn an_outage_is_one_incident_and_its_end_resolves_it() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    let monitor = stage.monitor().await;
    stage.outage(&monitor).await;
    stage.recovery(&monitor).await;
    stage
        .until_states(&monitor, &[Up, Degraded, Down, Degraded, Up])
        .await;
    // The last of its events.
    eventually(DEADLINE, async || told(&stage, "incident-resolved") == 1).await;
    assert_eq!(told(&stage, "incident-opened"), 1);
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn results_that_come_again_change_nothing() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    let monitor = stage.monitor().await;
    let ticks = [ago(6), ago(4), ago(2)];
    for _ in 0..2 {
        for (tick, ok) in ticks.into_iter().zip([true, false, true]) {
            stage.result(&monitor, A, tick, ok).await;
        }
        for tick in ticks {
            stage.result(&monitor, B, tick, true).await;
        }
    }
    stage.result(&monitor, A, ago(0), false).await;
    stage.result(&monitor, B, ago(0), true).await;
    drained(&stage, &monitor).await;
    assert_eq!(stage.states(&monitor), [Up], "never two failures in a row");
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn when_nobody_looks_any_more_it_is_unknown() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    let monitor = stage.describe(&serde_json::json!({"interval_s": 1, "timeout_ms": 100}));
    stage.put(&monitor).await;
    stage.result(&monitor, A, ago(0), true).await;
    stage.until_states(&monitor, &[Up, Unknown]).await;
    stage.result(&monitor, A, ago(0), true).await;
    stage
        .until_states(&monitor, &[Up, Unknown, Up, Unknown])
        .await;
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn results_that_waited_are_judged_at_their_time() {
    let stage = Stage::set().await;
    let monitor = stage.describe(&serde_json::json!({"interval_s": 1, "timeout_ms": 100}));
    stage.put(&monitor).await;
    // The processor is away; by the time it comes, all of this is stale.
    let begun = ago(0);
    for (age_ms, ok) in [(300, true), (200, false), (100, false)] {
        for region in [A, B] {
            let tick = begun - TimeDelta::milliseconds(age_ms);
            stage.result(&monitor, region, tick, ok).await;
        }
    }
    eventually(DEADLINE, || async { ago(4) > begun }).await;
    let processor = stage.processor().await;
    stage
        .until_states(&monitor, &[Up, Degraded, Down, Unknown])
        .await;
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn a_process_that_dies_between_deciding_and_telling_is_made_up_for() {
    let stage = Stage::set().await;
    let monitor = stage.monitor().await;
    let bus = stage.processor_bus().await;
    let memory = decided(&monitor);
    let states = bus.bucket::<Memory>(stream::RULE_STATE).await;
    let key = format!("monitor.{}", monitor.id);
    states.put(&key, &memory).await.expect("it may");
    let processor = stage.processor().await;
    stage.receiver.wait_for(1, DEADLINE).await;
    stage.recovery(&monitor).await;
    stage.receiver.wait_for(2, DEADLINE).await;
    eventually(DEADLINE, async || told(&stage, "incident-resolved") == 1).await;
    assert_eq!(told(&stage, "incident-opened"), 1);
    eventually(DEADLINE, async || {
        let saved = states.get(&key).await.expect("it may").expect("a memory");
        saved.value.outbox.is_empty()
    })
    .await;
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn killing_the_processor_again_and_again_loses_and_doubles_nothing() {
    let stage = Stage::set().await;
    let monitor = stage.monitor().await;
    let mut processor = stage.processor().await;
    let mut age = 18;
    for _ in 0..3 {
        for ok in [true, false, false] {
            for region in [A, B] {
                stage.result(&monitor, region, ago(age), ok).await;
            }
            age -= 2;
        }
        processor.kill();
        processor = stage.processor().await;
    }
    stage.recovery(&monitor).await;
    let mut expected = vec![Up];
    for _ in 0..3 {
        expected.extend([Degraded, Down, Degraded, Up]);
    }
    stage.until_states(&monitor, &expected).await;
    // The third outage is one too many to tell its end at once.
    until_messages(&stage, 5).await;
    processor.stop().await;
    assert_eq!(messages(&stage).len(), 5);
    stage.strike().await;
}

#[tokio::test]
async fn of_two_processors_one_takes_over_when_the_other_dies() {
    let stage = Stage::set().await;
    let monitor = stage.monitor().await;
    let first = stage.processor().await;
    let second = stage.processor().await;
    stage.outage(&monitor).await;
    stage.until_states(&monitor, &[Up, Degraded, Down]).await;
    first.kill();
    stage.recovery(&monitor).await;
    stage
        .until_states(&monitor, &[Up, Degraded, Down, Degraded, Up])
        .await;
    until_messages(&stage, 2).await;
    second.stop().await;
    assert_eq!(messages(&stage).len(), 2);
    stage.strike().await;
}

#[tokio::test]
async fn a_processor_survives_the_death_of_nats() {
    let mut stage = Stage::set().await;
    let processor = stage.processor().await;
    let monitor = stage.monitor().await;
    stage.outage(&monitor).await;
    stage.until_states(&monitor, &[Up, Degraded, Down]).await;
    stage.nats.kill();
    stage.nats.start().await;
    eventually(DEADLINE, || async {
        stage.store.is_connected() && stage.prober.is_connected()
    })
    .await;
    stage.recovery(&monitor).await;
    stage
        .until_states(&monitor, &[Up, Degraded, Down, Degraded, Up])
        .await;
    until_messages(&stage, 2).await;
    processor.stop().await;
    assert_eq!(messages(&stage).len(), 2);
    stage.strike().await;
}

#[tokio::test]
async fn a_deleted_monitor_is_forgotten() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    let monitor = stage.monitor().await;
    stage.result(&monitor, A, ago(0), true).await;
    stage.until_states(&monitor, &[Up]).await;
    stage.delete(&monitor).await;
    let bus = stage.processor_bus().await;
    let states = bus.bucket::<Memory>(stream::RULE_STATE).await;
    let key = format!("monitor.{}", monitor.id);
    eventually(DEADLINE, || async {
        states.get(&key).await.is_ok_and(|entry| entry.is_none())
    })
    .await;
    processor.stop().await;
    stage.strike().await;
}

/// A process decided that the monitor is down, and died before it could tell.
fn decided(monitor: &Monitor) -> Memory {
    let now = ago(1);
    let mut memory = Memory::new(ago(6));
    for (tick, ok) in [(ago(5), true), (ago(4), false), (ago(3), false)] {
        for region in [A, B] {
            memory.observe(monitor, &result(monitor, region, tick, ok), now);
        }
    }
    assert!(matches!(memory.incident, Some(OpenIncident { .. })));
    let told = |event: &Event| matches!(event, Event::StateChanged(StateChanged { to: Down, .. }));
    assert!(memory.outbox.iter().any(told));
    let opened = |event: &Event| matches!(event, Event::IncidentOpened(IncidentOpened { .. }));
    assert!(memory.outbox.iter().any(opened));
    memory
}

/// Waits until every result published so far was taken in.
async fn drained(stage: &Stage, monitor: &Monitor) {
    let bus = stage.processor_bus().await;
    let lane = contract::id::Partition::of(monitor.tenant);
    eventually(DEADLINE, || async {
        match bus.backlog(&stream::processor_probes(lane)).await {
            Ok(0) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
}

/// How many events of a kind there were.
fn told(stage: &Stage, kind: &str) -> usize {
    let events = stage.events();
    events.iter().filter(|event| event.kind() == kind).count()
}

/// What the receiver got, by identifier: who dies between sending and noting it leaves another to send the same message again.
fn messages(stage: &Stage) -> BTreeSet<String> {
    let requests = stage.receiver.requests();
    requests.iter().map(|it| it.id().to_owned()).collect()
}

async fn until_messages(stage: &Stage, count: usize) {
    eventually(DEADLINE, async || {
        let messages = messages(stage);
        (messages.len() >= count)
            .then_some(())
            .ok_or_else(|| format!("{messages:?}"))
    })
    .await;
}
