//! The ids of series, remembered for as long as they are in use, and how many a tenant may have.

mod limit;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::BuildHasher as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use contract::id::TenantId;
use contract::metric::Packed;
use foldhash::quality::RandomState;
use sqlx::PgConnection;

use crate::database::{Database, Scope};
use crate::tables::series::{self, Fingerprint, Seen, Stored, fingerprint};
use limit::{Full, Limits};

/// Most series remembered.
const CAPACITY: usize = 200_000;
/// How far a sample must lie outside the time in which its series was seen before that is stored again.
const REFRESH_AFTER: TimeDelta = TimeDelta::seconds(30);
/// And up to so much further, by the series, so that not all are due in the same moment.
const SPREAD_S: u64 = 30;

/// What a series of a tenant is remembered under: its hashes under two seeds that nobody outside knows, so that no sender can
/// choose where its series fall, or that two of them fall together. Only what is not known by it costs a [`Fingerprint`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key(u64, u64);

type Remembered = HashMap<(TenantId, Key), Known, foldhash::fast::RandomState>;

#[derive(Debug, Clone, Copy)]
struct Known {
    id: i64,
    first_seen: DateTime<Utc>,
    last_seen: DateTime<Utc>,
}

/// Two generations: what is used moves to the young one; when that is half of all, the old one is forgotten.
#[derive(Debug, Default)]
struct Generations {
    young: Remembered,
    old: Remembered,
}

/// Ids of series.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    hashers: (RandomState, RandomState),
    generations: Mutex<Generations>,
    limits: Limits,
}

/// What is known of series before the database is asked.
#[derive(Default)]
struct Found<'a> {
    ids: Vec<Option<i64>>,
    /// Those without an id: their place among all, and what they are stored under.
    open: Vec<(usize, Key, Fingerprint)>,
    stale: BTreeMap<Fingerprint, Seen<'a>>,
    unknown: BTreeMap<Fingerprint, Seen<'a>>,
}

/// The ids of series in the order in which they were brought; those without one were refused.
#[derive(Debug)]
pub(crate) struct Registered {
    pub(crate) ids: Vec<Option<i64>>,
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
    /// The keys of the series of a message, in their order.
    pub(crate) fn keys(&self, batch: &Packed) -> impl Iterator<Item = Key> {
        let (one, other) = &self.hashers;
        let texts = batch.each_text(|text| one.hash_one(text));
        let other_texts = batch.each_text(|text| other.hash_one(text));
        batch.series().map(move |series| {
            Key(
                series.hash_with(one, &texts),
                series.hash_with(other, &other_texts),
            )
        })
    }

    /// Registers a tenant's series where they are not known, or were seen outside the time that is known of them.
    pub(crate) async fn register<'a>(
        &self,
        database: &Database,
        tenant: TenantId,
        brought: impl ExactSizeIterator<Item = (Key, Seen<'a>)>,
    ) -> Result<Registered, sqlx::Error> {
        let mut found = self.find(tenant, brought);
        let mut full = None;
        if !found.open.is_empty() {
            let mut transaction = database.begin(Scope::Registrar(tenant)).await?;
            full = self
                .admit(&mut transaction, tenant, &mut found.unknown)
                .await?;
            found.stale.append(&mut found.unknown);
            let stored = series::upsert(&mut transaction, tenant, &found.stale).await?;
            transaction.commit().await?;
            self.note(tenant, &mut found, stored);
        }
        Ok(Registered {
            ids: found.ids,
            full,
        })
    }

    fn find<'a>(
        &self,
        tenant: TenantId,
        brought: impl ExactSizeIterator<Item = (Key, Seen<'a>)>,
    ) -> Found<'a> {
        let mut found = Found::default();
        found.ids.reserve(brought.len());
        let mut generations = self.lock();
        for (key, seen) in brought {
            let group = match generations.find((tenant, key)) {
                Some(known) if is_fresh(key, known, &seen) => {
                    found.ids.push(Some(known.id));
                    continue;
                }
                Some(_) => &mut found.stale,
                None => &mut found.unknown,
            };
            let fingerprint = fingerprint(seen.series.name(), seen.series.labels());
            found.open.push((found.ids.len(), key, fingerprint));
            found.ids.push(None);
            group
                .entry(fingerprint)
                .and_modify(|before: &mut Seen<'a>| before.widen(&seen))
                .or_insert(seen);
        }
        found
    }

    fn note(&self, tenant: TenantId, found: &mut Found<'_>, stored: Vec<(Fingerprint, Stored)>) {
        let stored: HashMap<Fingerprint, Stored> = stored.into_iter().collect();
        let mut generations = self.lock();
        for (place, key, fingerprint) in &found.open {
            if let Some(stored) = stored.get(fingerprint) {
                found.ids[*place] = Some(stored.id);
                generations.remember((tenant, *key), Known::from(*stored));
            }
        }
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

fn is_fresh(key: Key, known: Known, series: &Seen<'_>) -> bool {
    let spread_s = i64::try_from(key.0 % SPREAD_S).unwrap_or_default();
    series.last_at - known.last_seen < REFRESH_AFTER + TimeDelta::seconds(spread_s)
        && known.first_seen - series.first_at < REFRESH_AFTER
}

impl Generations {
    fn find(&mut self, key: (TenantId, Key)) -> Option<Known> {
        if let Some(known) = self.young.get(&key) {
            return Some(*known);
        }
        let known = self.old.remove(&key)?;
        self.remember(key, known);
        Some(known)
    }

    fn remember(&mut self, key: (TenantId, Key), known: Known) {
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
        let key = |n: usize| (tenant, Key(0, n as u64));
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
