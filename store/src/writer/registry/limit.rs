//! How many series a tenant may have: twice what its plan calls active. Ingress refuses earlier; this holds whatever ingress does.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use contract::id::TenantId;
use sqlx::PgConnection;

use crate::tables::series;

/// A series counts for as long after its last sample: what is late without being a backfill is younger.
const ACTIVE: TimeDelta = TimeDelta::hours(25);
/// How long a count is believed; what is registered meanwhile is added to it.
const BELIEVED: Duration = Duration::from_mins(1);

/// A tenant has no room for new series.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error(
    "the tenant has {active} active series and new ones are refused beyond {limit}, twice what its plan allows"
)]
pub(super) struct Full {
    active: i64,
    limit: i64,
}

/// How many of the wanted series may be registered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) granted: usize,
    pub(super) full: Full,
}

#[derive(Debug, Clone, Copy)]
struct Counted {
    at: Instant,
    full: Full,
}

/// Counts of tenants that registered series of late.
#[derive(Debug, Default)]
pub(super) struct Limits {
    counted: Mutex<HashMap<TenantId, Counted>>,
}

impl Limits {
    /// Takes room for as many of `wanted` new series as there is.
    pub(super) async fn take(
        &self,
        connection: &mut PgConnection,
        tenant: TenantId,
        wanted: usize,
    ) -> Result<Room, sqlx::Error> {
        let mut counted = match self.believed(tenant) {
            Some(counted) => counted,
            None => count(connection, tenant).await?,
        };
        let full = counted.full;
        let room = usize::try_from(full.limit - full.active).unwrap_or_default();
        let granted = wanted.min(room);
        counted.full.active += i64::try_from(granted).unwrap_or_default();
        let mut all = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, counted| counted.at.elapsed() < BELIEVED);
        all.insert(tenant, counted);
        Ok(Room {
            granted,
            full: counted.full,
        })
    }

    fn believed(&self, tenant: TenantId) -> Option<Counted> {
        let all = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = all.get(&tenant).copied();
        counted.filter(|counted| counted.at.elapsed() < BELIEVED)
    }
}

async fn count(connection: &mut PgConnection, tenant: TenantId) -> Result<Counted, sqlx::Error> {
    let (active, allowed) = series::usage(connection, tenant, service::now() - ACTIVE).await?;
    Ok(Counted {
        at: Instant::now(),
        full: Full {
            active,
            limit: allowed.saturating_mul(2),
        },
    })
}
