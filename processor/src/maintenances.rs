//! Planned work of all tenants, as the `maintenances` bucket has it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use bus::{Bucket, Bus, Change};
use chrono::{DateTime, Utc};
use contract::id::{MaintenanceId, TenantId};
use contract::maintenance::Maintenance;
use contract::monitor::Monitor;
use contract::stream;
use futures_util::StreamExt;
use service::Check;
use tokio_util::sync::CancellationToken;

pub(crate) struct Maintenances {
    bucket: Bucket<Maintenance>,
    known: RwLock<HashMap<TenantId, HashMap<MaintenanceId, Maintenance>>>,
}

impl Maintenances {
    pub(crate) async fn open(bus: &Bus) -> Self {
        Self {
            bucket: bus.bucket(stream::MAINTENANCES).await,
            known: RwLock::default(),
        }
    }

    /// Keeps up with the bucket until told to stop.
    pub(crate) async fn follow(self: Arc<Self>, ready: Check, stop: CancellationToken) {
        let mut changes = std::pin::pin!(self.bucket.watch().take_until(stop.cancelled()));
        let mut told = HashSet::new();
        while let Some(change) = changes.next().await {
            match change {
                Change::Began => told.clear(),
                Change::Put { value, .. } => {
                    told.insert(value.id);
                    self.write(|known| {
                        let of_tenant = known.entry(value.tenant).or_default();
                        of_tenant.insert(value.id, value);
                    });
                }
                Change::Deleted { key } => {
                    if let Ok(id) = key.parse() {
                        self.write(|known| known.values_mut().for_each(|it| drop(it.remove(&id))));
                    }
                }
                Change::Synced => {
                    self.write(|known| {
                        let windows = known.values_mut();
                        windows.for_each(|it| it.retain(|id, _| told.contains(id)));
                    });
                    ready.up();
                }
            }
        }
    }

    /// The name of the work that goes on at a monitor.
    pub(crate) fn at(&self, monitor: &Monitor, now: DateTime<Utc>) -> Option<String> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let all = known.get(&monitor.tenant)?.values();
        let going_on = all
            .filter(|it| it.is_about(monitor.tenant, monitor.id))
            .filter(|it| it.spec.when.current(now).is_some());
        let first = going_on.min_by_key(|it| it.id)?;
        Some(first.spec.name.clone())
    }

    fn write(
        &self,
        change: impl FnOnce(&mut HashMap<TenantId, HashMap<MaintenanceId, Maintenance>>),
    ) {
        change(&mut self.known.write().unwrap_or_else(PoisonError::into_inner));
    }
}
