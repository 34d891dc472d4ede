//! What NATS itself says of streams and of who reads them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreamState {
    pub name: String,
    pub messages: u64,
    pub bytes: u64,
    /// When its newest message came.
    pub last_at: Option<DateTime<Utc>>,
    pub consumers: Vec<ConsumerState>,
}

/// A durable that reads a stream.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConsumerState {
    pub name: String,
    /// Messages that were not handed out yet.
    pub waiting: u64,
    /// Messages that were handed out and not acknowledged yet.
    pub unacknowledged: u64,
    /// Those among them that were handed out before.
    pub redelivered: u64,
    /// When a message was handed out last.
    pub active_at: Option<DateTime<Utc>>,
    /// Its messages that no retry could help.
    pub dead: u64,
}

impl ConsumerState {
    /// How far it is behind.
    pub fn lag(&self) -> u64 {
        self.waiting.saturating_add(self.unacknowledged)
    }
}
