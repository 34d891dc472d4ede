//! Results that tell that none came: a tick that nobody looked at is `missed`, a heartbeat that did not come is overdue.
//!
//! They take the same way as all results, under the key that the awaited one would have had: of two with one key the first one
//! stays, whoever published it, so neither several processors nor a prober that reports late can make a double.

use bus::{Outgoing, PublishError};
use chrono::{DateTime, Utc};
use contract::id::{Partition, Region};
use contract::monitor::Monitor;
use contract::probe::{Finished, Outcome, Reason, Timings};
use contract::subject;

use crate::Shared;
use crate::rules::monitor::Memory;
use crate::rules::ticks;
use crate::sweep::Lanes;

/// Results published in one go; after an outage the rest follows with the next ones.
const AT_ONCE: usize = 500;
const AT_ONCE_OF_A_MONITOR: usize = 60;

/// Publishes what is to be said of silence now. Whether it really is silence only shows once no result waits to be taken in.
pub(crate) async fn tell(shared: &Shared, lanes: &mut Lanes) {
    let mut results = Vec::new();
    for monitor in shared.monitors.all() {
        if results.len() >= AT_ONCE {
            break;
        }
        let now = service::now();
        let found = shared.states.look(monitor.id, |memory| {
            silences(memory, &monitor, &shared.instance, now)
        });
        let Some(found) = found.filter(|found| !found.is_empty()) else {
            continue;
        };
        if lanes
            .is_empty(&shared.bus, Partition::of(monitor.tenant))
            .await
        {
            results.extend(found);
        }
    }
    if let Err(error) = publish(shared, &results).await {
        tracing::warn!(%error, "could not record what was missed; trying again in 1 s");
    }
}

async fn publish(shared: &Shared, results: &[Finished]) -> Result<(), PublishError> {
    let outgoing = |result: &Finished| {
        let subject = subject::probe_finished(result.tenant, &result.region, result.monitor);
        Outgoing::json(subject, result.message_id(), result)
    };
    let messages: Vec<Outgoing> = results.iter().map(outgoing).collect::<Result<_, _>>()?;
    shared.bus.publish_all(messages).await
}

fn silences(
    memory: &Memory,
    monitor: &Monitor,
    instance: &str,
    now: DateTime<Utc>,
) -> Vec<Finished> {
    if monitor.spec.paused {
        return Vec::new();
    }
    if monitor.spec.is_heartbeat() {
        return overdue(memory, monitor, instance, now);
    }
    let message = || {
        let patience = ticks::patience(&monitor.spec.check).num_seconds();
        format!("no prober reported within {patience} s")
    };
    let asked = memory.ticks.iter().filter(|(region, ticks)| {
        ticks.interval_s == monitor.spec.check.interval_s && monitor.spec.regions.contains(region)
    });
    asked
        .flat_map(|(region, known)| {
            let missed = ticks::missed(known, monitor, region, now, AT_ONCE_OF_A_MONITOR);
            missed.into_iter().map(|tick_at| Finished {
                message: Some(message()),
                ..nothing(monitor, region.clone(), tick_at, instance, now)
            })
        })
        .collect()
}

fn overdue(
    memory: &Memory,
    monitor: &Monitor,
    instance: &str,
    now: DateTime<Utc>,
) -> Vec<Finished> {
    let latest = now - ticks::MARGIN;
    let overdue = memory.beat.overdue(monitor, latest, AT_ONCE_OF_A_MONITOR);
    let complain = |due| Finished {
        outcome: Outcome::Failure,
        reason: Some(Reason::Overdue),
        message: Some(memory.beat.complaint(&monitor.spec.check)),
        ..nothing(monitor, Region::heartbeat(), due, instance, now)
    };
    overdue.into_iter().map(complain).collect()
}

/// Nobody looked.
fn nothing(
    monitor: &Monitor,
    region: Region,
    tick_at: DateTime<Utc>,
    instance: &str,
    now: DateTime<Utc>,
) -> Finished {
    Finished {
        monitor: monitor.id,
        tenant: monitor.tenant,
        region,
        tick_at,
        started_at: now,
        prober: instance.to_owned(),
        outcome: Outcome::Missed,
        reason: None,
        message: None,
        status_code: None,
        timings: Timings::default(),
        hops: Vec::new(),
        certificate: None,
        simulated: false,
        trace: None,
    }
}
