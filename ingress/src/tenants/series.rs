//! How many series a tenant pushes, in bounded memory.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use foldhash::quality::RandomState;
use hashbrown::HashTable;

/// A series is active for one to two of these after its last sample.
const GENERATION_MS: i64 = 3_600_000;

/// The active series of a tenant, each as the hash of its identity under a seed that nobody outside knows.
pub(crate) struct Series {
    hasher: RandomState,
    limit: AtomicUsize,
    active: Mutex<Active>,
}

#[derive(Default)]
struct Active {
    /// Seen in the present generation, and in the last one but not in this. No series is in both.
    now: HashTable<u64>,
    before: HashTable<u64>,
    turned_ms: i64,
}

impl Series {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            hasher: RandomState::default(),
            limit: AtomicUsize::new(limit),
            active: Mutex::default(),
        }
    }

    pub(crate) fn hasher(&self) -> &RandomState {
        &self.hasher
    }

    pub(crate) fn allow(&self, limit: usize) {
        self.limit.store(limit, Ordering::Relaxed);
    }

    /// Notes that the series had a sample. Fails with the limit where it is a new one too many.
    pub(crate) fn admit(&self, series: u64, now_ms: i64) -> Result<(), usize> {
        let mut active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        active.turn(now_ms);
        active.admit(series, self.limit.load(Ordering::Relaxed))
    }
}

impl Active {
    fn turn(&mut self, now_ms: i64) {
        let age_ms = now_ms - self.turned_ms;
        if age_ms < GENERATION_MS {
            return;
        }
        self.before = std::mem::take(&mut self.now);
        if age_ms >= 2 * GENERATION_MS {
            self.before.clear();
        }
        self.turned_ms = now_ms;
    }

    fn admit(&mut self, series: u64, limit: usize) -> Result<(), usize> {
        if self.now.find(series, |other| *other == series).is_some() {
            return Ok(());
        }
        let lately = self.before.find_entry(series, |other| *other == series);
        if let Ok(entry) = lately {
            entry.remove();
        } else if self.now.len() + self.before.len() >= limit {
            return Err(limit);
        }
        self.now.insert_unique(series, series, |other| *other);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_that_is_no_longer_pushed_makes_room() {
        let series = Series::new(2);
        let hour = GENERATION_MS;
        assert_eq!(series.admit(1, hour), Ok(()));
        assert_eq!(series.admit(2, hour), Ok(()));
        assert_eq!(series.admit(3, hour), Err(2));
        assert_eq!(series.admit(1, 2 * hour), Ok(()), "goes on");
        assert_eq!(
            series.admit(3, 2 * hour),
            Err(2),
            "2 was active until lately"
        );
        assert_eq!(series.admit(3, 3 * hour), Ok(()));
        assert_eq!(series.admit(1, 9 * hour), Ok(()));
        assert_eq!(
            series.admit(4, 9 * hour),
            Ok(()),
            "all others are long gone"
        );
    }
}
