//! Being told to stop, by a signal or by Ctrl-C.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Becomes true once and stays so. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    /// Stops when the process is asked to end.
    pub(crate) fn on_signal() -> anyhow::Result<Self> {
        let stop = Self::default();
        let told = stop.clone();
        ctrlc::set_handler(move || told.now())?;
        Ok(stop)
    }

    pub(crate) fn now(&self) {
        *self.told() = true;
        self.0.1.notify_all();
    }

    pub(crate) fn is_told(&self) -> bool {
        *self.told()
    }

    /// Waits; true when told to stop before `time` has passed.
    pub(crate) fn within(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        let mut told = self.told();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if *told || left.is_zero() {
                return *told;
            }
            let waited = self.0.1.wait_timeout(told, left);
            told = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn told(&self) -> MutexGuard<'_, bool> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
