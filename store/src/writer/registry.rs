//! The ids of series, remembered for as long as they are in use, and how many a tenant may have.

mod limit;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use contract::id::TenantId;
use sqlx::PgConnection;

use crate::database::{Database, Scope};
use crate::tables::series::{self, Fingerprint, Seen, Stored};
use limit::{Full, Limits};

/// Most series remembered.
const CAPACITY: usize = 200_000;
/// How far a sample must lie outside the time in which its series was seen before that is stored again.
const REFRESH_AFTER: TimeDelta = TimeDelta::seconds(30);

type Key = (TenantId, Fingerprint);
/// Fingerprints are hashes already, and the map's own is seeded: no sender can choose where its series fall.
type ByFingerprint<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

#[derive(Debug, Clone, Copy)]
struct Known {
    id: i64,
    first_seen: DateTime<Utc>,
    last_seen: DateTime<Utc>,
}

/// Two generations: what is used moves to the young one; when that is half of all, the old one is forgotten.
#[derive(Debug, Default)]
struct Generations {
    young: ByFingerprint<Key, Known>,
    old: ByFingerprint<Key, Known>,
}

/// Ids of series.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    generations: Mutex<Generations>,
    limits: Limits,
}

/// What is known of series before the database is asked.
#[derive(Default)]
struct Found<'a> {
    ids: ByFingerprint<Fingerprint, i64>,
    stale: BTreeMap<Fingerprint, Seen<'a>>,
    unknown: BTreeMap<Fingerprint, Seen<'a>>,
}

/// The ids of series; those without one were refused.
#[derive(Debug)]
pub(crate) struct Registered {
    pub(crate) ids: ByFingerprint<Fingerprint, i64>,
    full: Option<Full>,
}

impl Registered {
    /// Why some have no id.
    pub(crate) fn refusal(&self) -> String {
        let full = self.full.map(|full| full.to_string());
        full.unwrap_or_else(|| "the series was not registered".to_owned())
    }
}

impl Registry {
    /// Registers a tenant's series where they are not known, or were seen outside the time that is known of them.
    pub(crate) async fn register<'a>(
        &self,
        database: &Database,
        tenant: TenantId,
        brought: impl ExactSizeIterator<Item = (Fingerprint, Seen<'a>)>,
    ) -> Result<Registered, sqlx::Error> {
        let mut found = self.find(tenant, brought);
        let mut full = None;
        if !found.stale.is_empty() || !found.unknown.is_empty() {
            let mut transaction = database.begin(Scope::Registrar(tenant)).await?;
            full = self
                .admit(&mut transaction, tenant, &mut found.unknown)
                .await?;
            found.stale.append(&mut found.unknown);
            let stored = series::upsert(&mut transaction, tenant, &found.stale).await?;
            transaction.commit().await?;
            for (fingerprint, stored) in stored {
                self.lock()
                    .remember((tenant, fingerprint), Known::from(stored));
                found.ids.insert(fingerprint, stored.id);
            }
        }
        Ok(Registered {
            ids: found.ids,
            full,
        })
    }

    fn find<'a>(
        &self,
        tenant: TenantId,
        brought: impl ExactSizeIterator<Item = (Fingerprint, Seen<'a>)>,
    ) -> Found<'a> {
        let mut found = Found::default();
        found.ids.reserve(brought.len());
        let mut generations = self.lock();
        for (fingerprint, seen) in brought {
            let group = match generations.find((tenant, fingerprint)) {
                Some(known) if is_fresh(known, &seen) => {
                    found.ids.insert(fingerprint, known.id);
                    continue;
                }
                Some(_) => &mut found.stale,
                None => &mut found.unknown,
            };
            group
                .entry(fingerprint)
                .and_modify(|before: &mut Seen<'a>| before.widen(&seen))
                .or_insert(seen);
        }
        found
    }

    /// Takes out of `unknown` those series that are new and beyond what the tenant may have.
    async fn admit(
        &self,
        connection: &mut PgConnection,
        tenant: TenantId,
        unknown: &mut BTreeMap<Fingerprint, Seen<'_>>,
    ) -> Result<Option<Full>, sqlx::Error> {
        if unknown.is_empty() {
            return Ok(None);
        }
        let fingerprints: Vec<Fingerprint> = unknown.keys().copied().collect();
        let known: BTreeSet<Fingerprint> = series::known(connection, tenant, &fingerprints).await?;
        let new = unknown.len() - known.len();
        let room = self.limits.take(connection, tenant, new).await?;
        let mut left = room.granted;
        unknown.retain(|fingerprint, _| {
            let admitted = known.contains(fingerprint) || left > 0;
            if admitted && !known.contains(fingerprint) {
                left -= 1;
            }
            admitted
        });
        Ok((room.granted < new).then_some(room.full))
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<Stored> for Known {
    fn from(stored: Stored) -> Self {
        Self {
            id: stored.id,
            first_seen: stored.first_seen,
            last_seen: stored.last_seen,
        }
    }
}

fn is_fresh(known: Known, series: &Seen<'_>) -> bool {
    series.last_at - known.last_seen < REFRESH_AFTER
        && known.first_seen - series.first_at < REFRESH_AFTER
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
            let known = Known {
                id: 0,
                first_seen: DateTime::UNIX_EPOCH,
                last_seen: DateTime::UNIX_EPOCH,
            };
            generations.remember(key(n), known);
            assert!(generations.find(key(0)).is_some(), "forgotten at {n}");
            assert!(generations.young.len() + generations.old.len() <= CAPACITY);
        }
    }
}
