//! The ids of series, remembered for as long as they are in use.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use contract::id::TenantId;

use crate::database::{Database, Scope};
use crate::tables::series::{self, Fingerprint, Seen};

/// Most series remembered.
const CAPACITY: usize = 200_000;
/// How much newer a sample must be than what is stored as last seen before that is stored again.
const REFRESH_AFTER: TimeDelta = TimeDelta::seconds(30);

type Key = (TenantId, Fingerprint);

#[derive(Debug, Clone, Copy)]
struct Known {
    id: i64,
    last_seen_ms: i64,
}

/// Two generations: what is used moves to the young one; when that is half of all, the old one is forgotten.
#[derive(Debug, Default)]
struct Generations {
    young: HashMap<Key, Known>,
    old: HashMap<Key, Known>,
}

/// Ids of series.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    generations: Mutex<Generations>,
}

impl Registry {
    /// The ids of a tenant's series; those not known, or known too long without being told, are registered first.
    pub(crate) async fn ids(
        &self,
        database: &Database,
        tenant: TenantId,
        seen: &BTreeMap<Fingerprint, Seen<'_>>,
    ) -> Result<HashMap<Fingerprint, i64>, sqlx::Error> {
        let mut ids = HashMap::with_capacity(seen.len());
        let mut missing = BTreeMap::new();
        for (fingerprint, series) in seen {
            match self.lock().find((tenant, *fingerprint)) {
                Some(known) if is_fresh(known, series) => drop(ids.insert(*fingerprint, known.id)),
                _ => drop(missing.insert(*fingerprint, series.clone())),
            }
        }
        if missing.is_empty() {
            return Ok(ids);
        }
        let mut transaction = database.begin(Scope::Registrar(tenant)).await?;
        let registered = series::upsert(&mut transaction, tenant, &missing).await?;
        transaction.commit().await?;
        for (fingerprint, id) in registered {
            let last_seen_ms = missing[&fingerprint].last_at.timestamp_millis();
            self.lock()
                .remember((tenant, fingerprint), Known { id, last_seen_ms });
            ids.insert(fingerprint, id);
        }
        Ok(ids)
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_fresh(known: Known, series: &Seen<'_>) -> bool {
    series.last_at.timestamp_millis() - known.last_seen_ms < REFRESH_AFTER.num_milliseconds()
}

impl Generations {
    fn find(&mut self, key: Key) -> Option<Known> {
        if let Some(known) = self.young.get(&key) {
            return Some(*known);
        }
        let known = self.old.remove(&key)?;
        self.remember(key, known);
        Some(known)
    }

    fn remember(&mut self, key: Key, known: Known) {
        if self.young.len() >= CAPACITY / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn memory_is_bounded_and_keeps_what_is_used() {
        let mut generations = Generations::default();
        let tenant = TenantId(Uuid::nil());
        let key = |n: usize| (tenant, u128::try_from(n).expect("small").to_be_bytes());
        for n in 0..3 * CAPACITY {
            generations.remember(
                key(n),
                Known {
                    id: 0,
                    last_seen_ms: 0,
                },
            );
            assert!(generations.find(key(0)).is_some(), "forgotten at {n}");
            assert!(generations.young.len() + generations.old.len() <= CAPACITY);
        }
    }
}
