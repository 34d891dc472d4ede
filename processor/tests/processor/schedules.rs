//! The schedules that the processor writes, as the server ticks them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bus::{Bus, Message};
use contract::monitor::{INTERVALS_S, Monitor};
use contract::probe::Job;
use contract::subject::{self, filter};
use contract::{access, stream};
use processor::rules::ticks::phase;
use testkit::eventually;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::stage::{A, B, DEADLINE, Stage};

#[tokio::test]
async fn the_server_takes_the_schedule_of_every_interval() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    for interval_s in INTERVALS_S {
        let more = serde_json::json!({"interval_s": interval_s, "regions": [A]});
        stage.put(&stage.describe(&more)).await;
    }
    let bus = stage.processor_bus().await;
    eventually(DEADLINE, || async {
        let found = scheduled(&bus, filter::SCHEDULES).await.len();
        (found == INTERVALS_S.len()).then_some(()).ok_or(found)
    })
    .await;
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn ticks_come_at_one_phase_of_the_interval_with_the_whole_job() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    let monitor = stage.describe(&serde_json::json!({"interval_s": 5, "regions": [A]}));
    stage.put(&monitor).await;
    let ticks = Ticks::listen(&stage).await;
    let seen = ticks.wait_for(3).await;
    let phase = phase(monitor.id, &monitor.spec.regions[0], 5);
    let in_phase = |tick: &&Message<Job>| tick.published_at.timestamp() % 5 == i64::from(phase);
    // A busy server may be a second late for one.
    assert!(seen.iter().filter(in_phase).count() >= 2, "{seen:#?}");
    let tick = &seen[0];
    assert_eq!(tick.body.check, monitor.spec.check);
    assert_eq!((tick.body.tenant, tick.body.revision), (monitor.tenant, 1));
    assert_eq!(
        tick.header("traceparent"),
        None,
        "a tick is the root of its own trace"
    );
    processor.stop().await;
    ticks.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn a_change_is_in_the_schedule_soon() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    let bus = stage.processor_bus().await;
    let mut monitor = stage.monitor().await;
    expect_regions(&bus, &monitor, &[A, B]).await;

    monitor.revision = 2;
    monitor.spec.check.timeout_ms += 1;
    monitor.spec.regions.pop();
    stage.put(&monitor).await;
    expect_regions(&bus, &monitor, &[A]).await;
    let on = subject::schedule_probe(monitor.id, &monitor.spec.regions[0]);
    eventually(DEADLINE, || async {
        let found = bus.scheduled::<Job>(&on).await.ok().flatten();
        found.is_some_and(|schedule| {
            schedule
                .body
                .is_some_and(|job| job.check == monitor.spec.check && job.revision == 2)
        })
    })
    .await;

    monitor.revision = 3;
    monitor.spec.paused = true;
    stage.put(&monitor).await;
    expect_regions(&bus, &monitor, &[]).await;

    monitor.revision = 4;
    monitor.spec.paused = false;
    stage.put(&monitor).await;
    expect_regions(&bus, &monitor, &[A]).await;

    stage.delete(&monitor).await;
    expect_regions(&bus, &monitor, &[]).await;
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn what_happened_while_no_processor_ran_is_caught_up_with() {
    let stage = Stage::set().await;
    let bus = stage.processor_bus().await;
    let (gone, mut changed) = (stage.monitor().await, stage.monitor().await);
    let processor = stage.processor().await;
    expect_regions(&bus, &gone, &[A, B]).await;
    expect_regions(&bus, &changed, &[A, B]).await;
    processor.stop().await;

    stage.delete(&gone).await;
    changed.revision = 2;
    changed.spec.regions.pop();
    stage.put(&changed).await;
    let new = stage.monitor().await;
    let processor = stage.processor().await;
    expect_regions(&bus, &gone, &[]).await;
    expect_regions(&bus, &changed, &[A]).await;
    expect_regions(&bus, &new, &[A, B]).await;
    processor.stop().await;
    stage.strike().await;
}

#[tokio::test]
async fn a_schedule_that_is_lost_or_strange_is_mended() {
    let stage = Stage::set().await;
    let processor = stage.processor().await;
    let bus = stage.processor_bus().await;
    let monitor = stage.monitor().await;
    expect_regions(&bus, &monitor, &[A, B]).await;
    let lost = subject::schedule_probe(monitor.id, &monitor.spec.regions[0]);
    bus.unschedule(lost.as_str()).await.expect("it may");
    expect_regions(&bus, &monitor, &[A, B]).await;

    let strange = stage.describe(&serde_json::json!({}));
    let region = &strange.spec.regions[0];
    let on = subject::schedule_probe(strange.id, region);
    let target = subject::probe_due(region, strange.id);
    bus.schedule(
        &on,
        &target,
        "0 0 0 * * *",
        Duration::from_mins(1),
        &serde_json::json!({}),
    )
    .await
    .expect("it may");
    expect_regions(&bus, &strange, &[]).await;
    processor.stop().await;
    stage.strike().await;
}

async fn scheduled(bus: &Bus, filter: &str) -> Vec<String> {
    bus.scheduled_subjects(filter).await.unwrap_or_default()
}

async fn expect_regions(bus: &Bus, monitor: &Monitor, regions: &[&str]) {
    let expected: BTreeSet<String> = regions
        .iter()
        .map(|region| {
            subject::schedule_probe(monitor.id, &region.parse().expect("a region")).to_string()
        })
        .collect();
    eventually(DEADLINE, || async {
        let found: BTreeSet<String> = scheduled(bus, &filter::schedules_of(monitor.id))
            .await
            .into_iter()
            .collect();
        if found == expected {
            Ok(())
        } else {
            Err(format!("{found:?}"))
        }
    })
    .await;
}

/// The checks that are due in region A.
struct Ticks {
    seen: Arc<Mutex<Vec<Message<Job>>>>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Ticks {
    async fn listen(stage: &Stage) -> Self {
        let ticks = Self {
            seen: Arc::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let bus = stage.nats.bus(access::PROBER, &ticks.stop).await;
        let (seen, stop) = (Arc::clone(&ticks.seen), ticks.stop.clone());
        ticks.tasks.spawn(async move {
            let durable = stream::prober(&A.parse().expect("a region"));
            let keep = move |message: Arc<Message<Job>>| {
                seen.lock()
                    .expect("no holder panics")
                    .push((*message).clone());
                std::future::ready(Ok(()))
            };
            bus::consume(&bus, &durable, 1, &stop, keep).await;
        });
        ticks
    }

    async fn wait_for(&self, count: usize) -> Vec<Message<Job>> {
        eventually(DEADLINE, || async {
            let seen = self.seen.lock().expect("no holder panics").clone();
            (seen.len() >= count).then_some(seen)
        })
        .await
    }

    async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}
