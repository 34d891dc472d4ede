//! Which monitor a ping key belongs to: the `monitors` bucket, mirrored in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use contract::id::{MonitorId, TenantId};
use contract::monitor::Monitor;
use uuid::Uuid;

use crate::mirror::{Entry, Mirror};
use crate::rates::Rate;

/// Heartbeat monitors by their ping keys.
pub(crate) type Targets = Mirror<Target>;

/// Pings of one monitor, per second. A job that pings more often is mistaken.
const PINGS_PER_S: u32 = 5;

#[derive(Clone)]
pub(crate) struct Target {
    pub(super) monitor: MonitorId,
    pub(super) tenant: TenantId,
    pub(super) name: String,
    pub(super) group: Option<String>,
    pub(super) rate: Arc<Rate>,
    last_ms: Arc<AtomicI64>,
}

impl Entry for Target {
    type Value = Monitor;
    type Key = Uuid;

    fn of(
        _: &str,
        monitor: Monitor,
        before: impl Fn(&Uuid) -> Option<Self>,
    ) -> Option<(Uuid, Self)> {
        let key = monitor.ping_key?;
        let known = before(&key).map(|before| (before.rate, before.last_ms));
        let (rate, last_ms) = known.unwrap_or_else(|| {
            let rate = Rate::new("pings", PINGS_PER_S, 1);
            (Arc::new(rate), Arc::default())
        });
        let target = Self {
            monitor: monitor.id,
            tenant: monitor.tenant,
            name: monitor.spec.name,
            group: monitor.spec.group,
            rate,
            last_ms,
        };
        Some((key, target))
    }
}

impl Target {
    /// The instant of a ping is its key, so no two have the same.
    pub(super) fn next_instant(&self, now_ms: i64) -> i64 {
        let later = |last_ms: i64| Some(now_ms.max(last_ms + 1));
        let last_ms = self
            .last_ms
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, later);
        now_ms.max(last_ms.unwrap_or_default() + 1)
    }
}
