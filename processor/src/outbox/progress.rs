//! How far a delivery has come.

use bus::Failure;
use chrono::{DateTime, Utc};
use contract::channel::Delivery;
use contract::id::NotificationId;
use serde::{Deserialize, Serialize};

use super::{Outbox, retry};

/// The value in the bucket `deliveries`, by notification.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// Absent before the first attempt, and where none was made.
    #[serde(default)]
    pub(crate) last: Option<Delivery>,
    /// Not before this instant; absent once nothing more will be sent.
    pub(crate) next_at: Option<DateTime<Utc>>,
    /// It waits for its first attempt.
    #[serde(default)]
    pub(crate) queued: bool,
    /// [`contract::channel::Notification::replays`] of the attempts that are counted.
    #[serde(default)]
    pub(crate) replays: u32,
    /// Attempts before the last replay.
    #[serde(default)]
    pub(crate) attempts_before: u32,
}

impl Progress {
    pub(crate) fn queued() -> Self {
        Self {
            queued: true,
            ..Self::default()
        }
    }

    /// Nothing was sent, and nothing will be.
    pub(crate) fn dropped() -> Self {
        Self::default()
    }

    pub(crate) fn is_settled(&self) -> bool {
        !self.queued && self.next_at.is_none()
    }

    /// Attempts made so far.
    pub(crate) fn attempts(&self) -> u32 {
        self.last.as_ref().map_or(0, |last| last.attempt)
    }
}

impl Outbox {
    pub(crate) async fn progress(&self, id: NotificationId) -> Result<Option<Progress>, Failure> {
        let entry = self.deliveries.get(&id.to_string()).await.map_err(retry)?;
        Ok(entry.map(|entry| entry.value))
    }

    /// What was attempted was attempted, whatever happens now: this is tried until it is written.
    pub(crate) async fn keep(&self, id: NotificationId, progress: &Progress) {
        let key = id.to_string();
        while let Err(error) = self.deliveries.put(&key, progress).await {
            tracing::warn!(%error, "could not keep the progress of a delivery; trying again in 1 s");
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
    }
}
