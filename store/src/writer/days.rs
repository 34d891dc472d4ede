//! Which UTC days have partitions.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::database::{Database, Scope};
use crate::tables::sample;

/// Instants further in the past are refused, in days: nothing is kept that long.
const OLDEST_DAYS: u64 = 366;

/// Remembers the days whose partitions were seen to exist.
#[derive(Debug, Default)]
pub(crate) struct KnownDays {
    days: Mutex<BTreeSet<NaiveDate>>,
}

impl KnownDays {
    /// Makes the partitions that are missing, in a transaction of their own: a long write must not hold their lock.
    pub(crate) async fn ensure(
        &self,
        database: &Database,
        wanted: &BTreeSet<NaiveDate>,
    ) -> Result<(), sqlx::Error> {
        let missing: Vec<NaiveDate> = wanted.difference(&*self.lock()).copied().collect();
        for day in missing {
            let mut transaction = database.begin(Scope::Writer).await?;
            sample::ensure_day(&mut transaction, day).await?;
            transaction.commit().await?;
            self.lock().insert(day);
        }
        Ok(())
    }

    /// Forgets everything: a partition was dropped.
    pub(crate) fn forget(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<NaiveDate>> {
        self.days.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether rows of this day are kept at all. A rule of last resort: ingress and probers refuse long before.
pub(crate) fn is_kept(day: NaiveDate, now: DateTime<Utc>) -> bool {
    let today = now.date_naive();
    (today - Days::new(OLDEST_DAYS)..=today + Days::new(1)).contains(&day)
}

/// Today and the next two days.
pub(crate) fn ahead(now: DateTime<Utc>) -> BTreeSet<NaiveDate> {
    now.date_naive().iter_days().take(3).collect()
}
