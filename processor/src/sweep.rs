//! What happens because nothing happened: regions that fell silent, monitors that were paused or deleted.
//!
//! Every instance sweeps. Two that come to the same verdict are harmless: the compare-and-set lets one of them decide.

use std::collections::HashMap;
use std::time::Duration;

use bus::Bus;
use chrono::{DateTime, Utc};
use contract::id::Partition;
use contract::monitor::{Monitor, State};
use contract::stream;

use crate::Shared;
use crate::monitors::Monitors;
use crate::probes;
use crate::rules::monitor::Memory;
use crate::silence;
use crate::states::States;

const EVERY: Duration = Duration::from_secs(1);

pub(crate) async fn run(shared: Shared) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = shared.stop.cancelled() => return,
        }
        if shared.monitors.is_synced() && shared.states.is_synced() {
            let mut lanes = Lanes::default();
            judge_all(&shared, &mut lanes).await;
            silence::tell(&shared, &mut lanes).await;
            forget_deleted(&shared.monitors, &shared.states).await;
        }
    }
}

async fn judge_all(shared: &Shared, lanes: &mut Lanes) {
    for monitor in shared.monitors.all() {
        let now = service::now();
        let planned = shared.maintenances.at(&monitor, now);
        let memory = shared.states.peek(monitor.id);
        let Some(next) = outlook(memory, planned.as_ref(), &monitor, now) else {
            continue;
        };
        let lane = Partition::of(monitor.tenant);
        if next != State::Paused && !lanes.is_empty(&shared.bus, lane).await {
            continue;
        }
        let step = |memory: &mut Memory| {
            memory.planned.clone_from(&planned);
            memory.judge(&monitor, now);
        };
        match shared
            .states
            .advance(&probes::owner(&monitor, now), step)
            .await
        {
            Ok(Some(advanced)) => probes::announce(shared, &monitor, &advanced, None).await,
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, "could not save a verdict; trying again in 1 s");
                return;
            }
        }
    }
}

/// Whether results wait to be taken in, by partition, as found in one sweep: they might say that somebody looked after all.
#[derive(Default)]
pub(crate) struct Lanes(HashMap<Partition, bool>);

impl Lanes {
    pub(crate) async fn is_empty(&mut self, bus: &Bus, lane: Partition) -> bool {
        if let Some(empty) = self.0.get(&lane) {
            return *empty;
        }
        let backlog = bus.backlog(&stream::processor_probes(lane)).await;
        let empty = backlog
            .inspect_err(|error| tracing::warn!(%error, "cannot tell whether results wait; trying again in 1 s"))
            .is_ok_and(|waiting| waiting == 0);
        self.0.insert(lane, empty);
        empty
    }
}

/// The state a monitor would go to, or the one it is in if something of it has to be saved or published; `None` if all is well.
fn outlook(
    memory: Option<Memory>,
    planned: Option<&String>,
    monitor: &Monitor,
    now: DateTime<Utc>,
) -> Option<State> {
    let mut memory = memory.unwrap_or_else(|| Memory::new(now));
    memory.planned = planned.cloned();
    memory.judge(monitor, now).then_some(memory.state)
}

async fn forget_deleted(monitors: &Monitors, states: &States<Memory>) {
    for id in states.ids() {
        if monitors.known(id).is_some() {
            continue;
        }
        let forgotten = match monitors.find(id).await {
            Ok(None) => states.remove(id).await,
            Ok(Some(_)) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = forgotten {
            tracing::warn!(%error, "could not forget a deleted monitor; trying again in 1 s");
            return;
        }
    }
}
