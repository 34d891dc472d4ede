//! Which lanes cannot go on because the database does not take what they have, for `/readyz`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use bus::Failure;
use service::Check;

/// Lanes that wait, each with the reason.
pub(crate) struct Progress {
    waiting: Mutex<BTreeMap<String, String>>,
    writing: Check,
}

impl Progress {
    /// No lane waits to begin with.
    pub(crate) fn new(writing: Check) -> Self {
        writing.up();
        Self {
            waiting: Mutex::default(),
            writing,
        }
    }

    /// Notes what became of a lane's batch.
    pub(crate) fn note<T>(&self, lane: &str, outcome: &Result<T, Failure>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Err(Failure::Retry { reason, .. }) => {
                waiting.insert(lane.to_owned(), reason.clone());
            }
            Ok(_) | Err(Failure::Reject { .. }) => {
                waiting.remove(lane);
            }
        }
        let reason = waiting.values().next();
        self.writing
            .report(reason.is_none(), reason.map_or("", String::as_str));
    }
}
