//! Channels: where notifications go, and what became of each.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::id::{ChannelId, IncidentId, MonitorId, NotificationId, TenantId};
use crate::rpc::request;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A signed request by the Standard Webhooks specification.
    Webhook,
}

impl Kind {
    pub const ALL: [Self; 1] = [Self::Webhook];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
        }
    }
}

/// A channel as its owner describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Spec {
    #[validate(length(min = 1, max = 80, message = "between 1 and 80 characters"))]
    pub name: String,
    pub kind: Kind,
    /// For `webhook`: where to post.
    #[validate(
        url(message = "not a URL"),
        length(max = 2_048, message = "at most 2 048 characters")
    )]
    pub url: String,
}

/// A channel as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    pub id: ChannelId,
    #[serde(flatten)]
    pub spec: Spec,
    pub created_at: DateTime<Utc>,
}

/// A fresh channel. The signing secret (`whsec_` and base64) is told once.
#[derive(Clone, Serialize, Deserialize)]
pub struct Created {
    #[serde(flatten)]
    pub channel: Channel,
    pub secret: String,
}

/// All that is needed to send; told to the notifier alone.
#[derive(Clone, Serialize, Deserialize)]
pub struct Target {
    pub kind: Kind,
    pub url: String,
    pub secret: String,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// A notification that waits to be sent: the body of NOTIFICATIONS. It names its channel; the secret is read when it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Stable under retry: receivers see it as `webhook-id`.
    pub id: NotificationId,
    pub tenant: TenantId,
    pub channel: ChannelId,
    pub content: Content,
}

/// What the receiver is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// `incident.opened`, `incident.resolved` or `test`.
    #[serde(rename = "type")]
    pub kind: String,
    /// One line a tired person understands.
    pub title: String,
    pub text: String,
    pub incident: Option<IncidentId>,
    pub monitor: Option<MonitorId>,
    pub at: DateTime<Utc>,
}

/// One attempt to send a notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub notification: NotificationId,
    pub channel: ChannelId,
    pub title: String,
    /// 1 for the first attempt.
    pub attempt: u32,
    pub at: DateTime<Utc>,
    pub outcome: DeliveryOutcome,
    /// "HTTP 503 after 12 ms".
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryOutcome {
    Delivered,
    /// Will be tried again.
    Failed,
    /// Will not be tried again: it is in `DEAD_LETTERS`.
    Dead,
}

impl DeliveryOutcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Dead => "dead",
        }
    }
}

request! {
    Create { pub spec: Spec } -> Created, "channel", "create";
    List {} -> Vec<Channel>, "channel", "list";
    Delete { pub id: ChannelId } -> (), "channel", "delete";
    /// The delivery log of a channel, newest first.
    Deliveries { pub id: ChannelId, pub limit: u32 } -> Vec<Delivery>, "channel", "deliveries";
    /// The channels a tenant's notifications go to. For services.
    Recipients {} -> Vec<(ChannelId, Kind)>, "channel", "recipients";
    /// Where a channel sends to. For services.
    ReadTarget { pub id: ChannelId } -> Target, "channel", "read-target";
}
