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
use tokio_util::sync::CancellationToken;

use crate::monitors::Monitors;
use crate::probes;
use crate::rules::monitor::Memory;
use crate::states::States;

const EVERY: Duration = Duration::from_secs(1);

pub(crate) struct Sweep {
    bus: Bus,
}

impl Sweep {
    pub(crate) fn new(bus: Bus) -> Self {
        Self { bus }
    }

    pub(crate) async fn run(&self, monitors: &Monitors, states: &States, stop: &CancellationToken) {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = stop.cancelled() => return,
            }
            if monitors.is_synced() && states.is_synced() {
                self.judge(monitors, states).await;
                forget_deleted(monitors, states).await;
            }
        }
    }

    async fn judge(&self, monitors: &Monitors, states: &States) {
        let mut up_to_date = HashMap::new();
        for monitor in monitors.all() {
            let now = service::now();
            let Some(next) = outlook(states.peek(monitor.id), &monitor, now) else {
                continue;
            };
            let partition = Partition::of(monitor.tenant);
            if next != State::Paused && !self.is_up_to_date(partition, &mut up_to_date).await {
                continue;
            }
            let step = |memory: &mut Memory| memory.judge(&monitor, now);
            match states.advance(&monitor, now, step).await {
                Ok(Some(advanced)) => probes::announce(&self.bus, &monitor, &advanced, None).await,
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%error, "could not save a verdict; trying again in 1 s");
                    return;
                }
            }
        }
    }

    /// Whether no result of the partition waits to be taken in: it might say that somebody looked after all.
    async fn is_up_to_date(
        &self,
        partition: Partition,
        seen: &mut HashMap<Partition, bool>,
    ) -> bool {
        if let Some(answer) = seen.get(&partition) {
            return *answer;
        }
        let backlog = self.bus.backlog(&stream::processor_probes(partition)).await;
        let answer = match backlog {
            Ok(waiting) => waiting == 0,
            Err(error) => {
                tracing::warn!(%error, "cannot tell whether results are waiting; trying again in 1 s");
                false
            }
        };
        seen.insert(partition, answer);
        answer
    }
}

/// The state a monitor would go to, or the one it is in if events of it still wait in its outbox; `None` if all is well.
fn outlook(memory: Option<Memory>, monitor: &Monitor, now: DateTime<Utc>) -> Option<State> {
    let mut memory = memory.unwrap_or_else(|| Memory::new(now));
    memory.judge(monitor, now);
    (!memory.outbox.is_empty()).then_some(memory.state)
}

async fn forget_deleted(monitors: &Monitors, states: &States) {
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
