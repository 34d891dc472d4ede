//! What open pages are told of monitors: at once at rest, and only the newest of each under load.

mod burst;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bus::Bus;
use contract::id::TenantId;
use contract::live::{MonitorUpdate, Update};
use tokio_util::sync::CancellationToken;

use burst::Burst;

/// How long pages wait under load.
const EVERY: Duration = Duration::from_millis(200);

/// The pages of all tenants.
pub(crate) struct Pages {
    bus: Bus,
    bursts: Mutex<HashMap<TenantId, Burst>>,
}

impl Pages {
    pub(crate) fn new(bus: &Bus) -> Self {
        Self {
            bus: bus.clone(),
            bursts: Mutex::default(),
        }
    }

    /// Tells what became of a monitor, now or within [`EVERY`].
    pub(crate) async fn tell(&self, tenant: TenantId, update: MonitorUpdate) {
        let now = self.with(|bursts| bursts.entry(tenant).or_default().offer(update));
        if let Some(update) = now {
            self.send(tenant, update).await;
        }
    }

    /// Tells what had to wait, until told to stop.
    pub(crate) async fn run(&self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            let turns: Vec<_> = self.with(|bursts| {
                bursts.retain(|_, burst| !burst.is_over());
                let turns = bursts.iter_mut();
                turns
                    .map(|(tenant, burst)| (*tenant, burst.turn()))
                    .collect()
            });
            for (tenant, updates) in turns {
                for update in updates {
                    self.send(tenant, update).await;
                }
            }
        }
    }

    async fn send(&self, tenant: TenantId, update: MonitorUpdate) {
        let update = Update::Monitor(Box::new(update));
        self.bus.announce_live(tenant, &update).await;
    }

    fn with<T>(&self, change: impl FnOnce(&mut HashMap<TenantId, Burst>) -> T) -> T {
        change(&mut self.bursts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
