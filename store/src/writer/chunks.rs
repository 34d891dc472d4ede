//! Which partitions there are.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::database::{Database, Scope};
use crate::tables::chunk::{self, Chunk, Table};

/// Instants further in the past are refused: nothing is kept that long.
const OLDEST: TimeDelta = TimeDelta::days(366);
/// And those further in the future.
const NEWEST: TimeDelta = TimeDelta::days(1);
/// How many partitions are made before they are needed, the present one included.
const AHEAD: i32 = 3;

/// Remembers the partitions that were seen to exist.
#[derive(Debug, Default)]
pub(crate) struct KnownChunks {
    chunks: Mutex<BTreeSet<Chunk>>,
}

impl KnownChunks {
    /// Makes those that are missing, each in a transaction of its own: a long write must not hold their lock.
    pub(crate) async fn ensure(
        &self,
        database: &Database,
        wanted: &BTreeSet<Chunk>,
    ) -> Result<(), sqlx::Error> {
        let missing: Vec<Chunk> = wanted.difference(&*self.lock()).copied().collect();
        for chunk in missing {
            let mut transaction = database.begin(Scope::Writer).await?;
            chunk::ensure(&mut transaction, chunk).await?;
            transaction.commit().await?;
            self.lock().insert(chunk);
        }
        Ok(())
    }

    /// Forgets everything: a partition was dropped.
    pub(crate) fn forget(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<Chunk>> {
        self.chunks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Instants of which rows are kept at all. A rule of last resort: ingress and probers refuse long before.
pub(crate) fn kept(now: DateTime<Utc>) -> RangeInclusive<DateTime<Utc>> {
    now - OLDEST..=now + NEWEST
}

/// What will be written to soon.
pub(crate) fn ahead(now: DateTime<Utc>) -> BTreeSet<Chunk> {
    let next =
        |table: Table| (0..AHEAD).map(move |count| Chunk::of(table, now + table.width() * count));
    next(Table::Sample)
        .chain(next(Table::ProbeResult))
        .chain(next(Table::Telemetry))
        .collect()
}
