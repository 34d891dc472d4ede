//! Response times of a page, remembered for a moment: they are quantiles over every check of a day, and a page that many
//! people look at must not ask for them with each of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use contract::id::{MonitorId, TenantId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::tables::probe_result;

const RANGE: TimeDelta = TimeDelta::hours(24);
/// A point stands for half an hour, so nobody misses this much.
const FRESH: TimeDelta = TimeDelta::seconds(20);
/// Most tenants remembered.
const CAPACITY: usize = 1_000;

/// By monitor: (Unix milliseconds of the half hour, p50 ms, p95 ms), oldest first.
pub(crate) type ByMonitor = BTreeMap<MonitorId, Vec<(i64, f64, f64)>>;

/// Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct ResponseTimes {
    known: Arc<Mutex<HashMap<TenantId, Known>>>,
}

/// When it was asked for, and the answer.
type Known = (DateTime<Utc>, Arc<ByMonitor>);

impl ResponseTimes {
    /// The last 24 hours of the public monitors of the scope's tenant, at most [`FRESH`] old.
    pub(crate) async fn of(
        &self,
        connection: &mut PgConnection,
        tenant: TenantId,
        monitors: &[Uuid],
        now: DateTime<Utc>,
    ) -> Result<Arc<ByMonitor>, sqlx::Error> {
        if let Some(known) = self.recall(tenant, now) {
            return Ok(known);
        }
        let response = probe_result::half_hours(connection, monitors, now - RANGE).await?;
        let response = Arc::new(response);
        self.remember(tenant, now, Arc::clone(&response));
        Ok(response)
    }

    fn recall(&self, tenant: TenantId, now: DateTime<Utc>) -> Option<Arc<ByMonitor>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, response) = known.get(&tenant)?;
        (now - *at < FRESH).then(|| Arc::clone(response))
    }

    fn remember(&self, tenant: TenantId, now: DateTime<Utc>, response: Arc<ByMonitor>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CAPACITY {
            known.retain(|_, (at, _)| now - *at < FRESH);
        }
        if known.len() < CAPACITY {
            known.insert(tenant, (now, response));
        }
    }
}
