//! What is recorded because nothing came.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use bus::Message;
use chrono::{DateTime, TimeDelta, Utc};
use contract::id::{Partition, Region};
use contract::monitor::Monitor;
use contract::monitor::State::{Down, Up};
use contract::probe::{Finished, Outcome, Reason};
use contract::{access, stream, subject};
use testkit::eventually;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::stage::{A, DEADLINE, Stage, ago, result};

#[tokio::test]
async fn ticks_that_nobody_looked_at_are_missed_once_each_whoever_keeps_watch() {
    let stage = Stage::set().await;
    let results = Results::listen(&stage).await;
    let (one, two) = (stage.processor().await, stage.processor().await);
    let monitor = looked_at_every_second(&stage).await;
    results.until(3).await;
    one.kill();
    two.kill();
    // One tick was looked at after all: it has its result already.
    let looked = results.ticks().last().copied().expect("three") + TimeDelta::seconds(3);
    stage.result(&monitor, A, looked, true).await;
    let away_until = service::now() + TimeDelta::seconds(4);
    eventually(DEADLINE, async || service::now() > away_until).await;

    let heir = stage.processor().await;
    results.until_past(away_until).await;
    let all = results.all();
    let ticks: Vec<DateTime<Utc>> = all.iter().map(|result| result.tick_at).collect();
    let keys: BTreeSet<_> = ticks.iter().copied().collect();
    assert_eq!(keys.len(), ticks.len(), "a double: {ticks:?}");
    let (first, last) = (keys.first().expect("some"), keys.last().expect("some"));
    let expected = (*last - *first).num_seconds() + 1;
    assert_eq!(
        i64::try_from(keys.len()).ok(),
        Some(expected),
        "a hole: {ticks:?}"
    );
    for result in all {
        let expected = if result.tick_at == looked {
            Outcome::Success
        } else {
            Outcome::Missed
        };
        assert_eq!(result.outcome, expected, "{result:?}");
    }
    heir.stop().await;
    results.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn a_paused_monitor_misses_nothing() {
    let stage = Stage::set().await;
    let results = Results::listen(&stage).await;
    let processor = stage.processor().await;
    let mut monitor = looked_at_every_second(&stage).await;
    results.until(1).await;
    monitor.revision += 1;
    monitor.spec.paused = true;
    stage.put(&monitor).await;
    let paused_at = service::now();
    let resumed_at = paused_at + TimeDelta::seconds(5);
    eventually(DEADLINE, async || service::now() > resumed_at).await;
    monitor.revision += 1;
    monitor.spec.paused = false;
    monitor.scheduled_at = service::now();
    stage.put(&monitor).await;
    results.until_past(resumed_at).await;
    let during = |tick: &DateTime<Utc>| (paused_at..resumed_at).contains(tick);
    let ticks = results.ticks();
    assert!(
        !ticks.iter().any(during),
        "paused from {paused_at} to {resumed_at}: {ticks:?}"
    );
    processor.stop().await;
    results.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn a_heartbeat_that_stays_away_is_down_until_the_next_ping() {
    let stage = Stage::set().await;
    let results = Results::listen(&stage).await;
    let processor = stage.processor().await;
    let monitor = stage.describe(&serde_json::json!({
        "kind": "heartbeat", "target": "", "regions": ["heartbeat"],
        "interval_s": 1, "grace_s": 9, "failure_threshold": 1,
    }));
    stage.put(&monitor).await;
    ping(&stage, &monitor).await;
    stage.until_states(&monitor, &[Up]).await;
    processor.kill();

    let processor = stage.processor().await;
    stage.until_states(&monitor, &[Up, Down]).await;
    let all = results.all();
    let overdue = all.iter().find(|result| result.outcome == Outcome::Failure);
    let overdue = overdue.expect("what it is down for");
    assert_eq!(overdue.reason, Some(Reason::Overdue));
    assert_eq!(
        (overdue.tick_at - all[0].tick_at).num_seconds(),
        10,
        "interval and grace"
    );
    ping(&stage, &monitor).await;
    eventually(DEADLINE, || async {
        let states = stage.states(&monitor);
        states
            .starts_with(&[Up, Down, Up])
            .then_some(())
            .ok_or_else(|| format!("{states:?}"))
    })
    .await;
    let schedules = stage.processor_bus().await;
    let schedules = schedules
        .scheduled_subjects(subject::filter::SCHEDULES)
        .await;
    assert_eq!(
        schedules.ok(),
        Some(Vec::new()),
        "nobody looks at a heartbeat"
    );
    processor.stop().await;
    results.stop().await;
    stage.strike().await;
}

async fn looked_at_every_second(stage: &Stage) -> Monitor {
    let more = serde_json::json!({"interval_s": 1, "timeout_ms": 100, "regions": [A]});
    let monitor = stage.describe(&more);
    stage.put(&monitor).await;
    monitor
}

/// As ingress publishes one.
async fn ping(stage: &Stage, monitor: &Monitor) {
    let ingress = stage
        .nats
        .bus(access::INGRESS, &CancellationToken::new())
        .await;
    let region = Region::heartbeat();
    let ping = result(monitor, region.as_str(), ago(0), true);
    let subject = subject::probe_finished(monitor.tenant, &region, monitor.id);
    let published = ingress.publish(&subject, &ping.message_id(), &ping).await;
    published.expect("ingress may publish pings");
}

/// All results of the stage's tenant, as the stream has them.
struct Results {
    all: Arc<Mutex<Vec<Finished>>>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Results {
    async fn listen(stage: &Stage) -> Self {
        let this = Self {
            all: Arc::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let bus = stage.nats.bus(access::STORE, &this.stop).await;
        let durable = stream::store_probes(Partition::of(stage.tenant));
        let (all, stop) = (Arc::clone(&this.all), this.stop.clone());
        this.tasks.spawn(async move {
            let keep = move |message: Arc<Message<Finished>>| {
                all.lock()
                    .expect("no holder panics")
                    .push(message.body.clone());
                std::future::ready(Ok(()))
            };
            bus::consume(&bus, &durable, 1, &stop, keep).await;
        });
        this
    }

    fn all(&self) -> Vec<Finished> {
        self.all.lock().expect("no holder panics").clone()
    }

    fn ticks(&self) -> BTreeSet<DateTime<Utc>> {
        self.all().iter().map(|result| result.tick_at).collect()
    }

    async fn until(&self, count: usize) {
        eventually(DEADLINE, async || self.ticks().len() >= count).await;
    }

    async fn until_past(&self, instant: DateTime<Utc>) {
        eventually(DEADLINE, async || self.ticks().last() > Some(&instant)).await;
    }

    async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}
