//! Flap damping: who goes down again and again has one incident, which ends once it stays up.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// So many falls within [`WITHIN`] are too many to tell each of them.
const MANY: usize = 3;
const WITHIN: TimeDelta = TimeDelta::minutes(30);
/// How long it has to stay up then.
pub(super) const CALM: TimeDelta = TimeDelta::minutes(5);

/// Falls and rises of late.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaps {
    /// When it went down, oldest first.
    falls: Vec<DateTime<Utc>>,
    /// Since when it is up while its incident is kept open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    risen_at: Option<DateTime<Utc>>,
}

impl Flaps {
    pub(super) fn is_empty(&self) -> bool {
        self.falls.is_empty() && self.risen_at.is_none()
    }

    pub(super) fn fell(&mut self, at: DateTime<Utc>) {
        self.risen_at = None;
        self.falls.push(at);
        let surplus = self.falls.len().saturating_sub(MANY);
        self.falls.drain(..surplus);
    }

    pub(super) fn are_many(&self, now: DateTime<Utc>) -> bool {
        let recent = self.falls.iter().filter(|fall| now - **fall <= WITHIN);
        recent.count() >= MANY
    }

    /// It is up, and who knows for how long.
    pub(super) fn rose(&mut self, at: DateTime<Utc>) {
        self.risen_at.get_or_insert(at);
    }

    /// Whether it rose and stayed up for long enough.
    pub(super) fn is_calm(&self, now: DateTime<Utc>) -> bool {
        self.risen_at.is_some_and(|risen| now - risen >= CALM)
    }

    /// Whether it rose, and its incident is kept open.
    #[cfg(test)]
    pub(crate) fn is_rising(&self) -> bool {
        self.risen_at.is_some()
    }

    /// The incident ends: since when it is up, if that was waited for.
    pub(super) fn settle(&mut self) -> Option<DateTime<Utc>> {
        self.risen_at.take()
    }
}
