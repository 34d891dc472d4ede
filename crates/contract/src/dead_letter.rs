//! Dead letters of a tenant: notifications that were given up, for people to read and to send again.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{ChannelId, NotificationId};
use crate::listing::Place;
use crate::rpc::request;

/// A notification that no more attempts are made for.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The notification it is.
    pub id: NotificationId,
    pub channel: ChannelId,
    pub channel_name: String,
    pub title: String,
    pub text: String,
    /// Why it was given up: "HTTP 503 after 12 ms; given up after 9 attempts".
    pub reason: String,
    pub died_at: DateTime<Utc>,
    /// When it was last sent again; whether that helped, the channel's delivery log tells.
    pub replayed_at: Option<DateTime<Utc>>,
}

request! {
    /// The tenant's dead letters, newest first.
    List { pub limit: u32, #[serde(default)] pub before: Option<Place> } -> Vec<DeadLetter>, "dead-letter", "list";
    /// Queues a dead letter once more, with all attempts anew and under its old identifier.
    Replay { pub id: NotificationId } -> (), "dead-letter", "replay";
}
