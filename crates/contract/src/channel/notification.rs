//! What is told, and what became of each attempt to tell it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{ChannelId, IncidentId, MonitorId, NotificationId, TenantId};
use crate::telemetry::TraceId;

/// A notification that waits to be sent: the body of NOTIFICATIONS. It names its channel; the secret is read when it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Stable under retry: receivers see it as `webhook-id`.
    pub id: NotificationId,
    pub tenant: TenantId,
    pub channel: ChannelId,
    /// Of a notification that gathers several, what the first of them says.
    pub content: Content,
    /// Not before the end of this one: it belongs to the same thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<NotificationId>,
    /// More may be told in the same message until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gathers_until: Option<DateTime<Utc>>,
    /// How often people had a dead letter sent again; each time it has all attempts anew.
    #[serde(default)]
    pub replays: u32,
}

impl Notification {
    pub fn new(id: NotificationId, tenant: TenantId, channel: ChannelId, content: Content) -> Self {
        Self {
            id,
            tenant,
            channel,
            content,
            after: None,
            gathers_until: None,
            replays: 0,
        }
    }

    /// A stable message id: the same notification queued twice is the same notification.
    pub fn message_id(&self) -> String {
        match self.replays {
            0 => self.id.to_string(),
            replays => format!("{}:{replays}", self.id),
        }
    }
}

/// What the receiver is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// `incident.opened`, `incident.resolved`, `alert.opened`, `alert.reminded`, `alert.resolved`, `digest` (several in one message) or `test`.
    #[serde(rename = "type")]
    pub kind: String,
    /// One line a tired person understands.
    pub title: String,
    pub text: String,
    /// What belongs together, such as an incident: told in order, and one alert to providers that know alerts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<Uuid>,
    pub incident: Option<IncidentId>,
    pub monitor: Option<MonitorId>,
    pub at: DateTime<Utc>,
}

impl Content {
    pub const TEST: &'static str = "test";
    pub const DIGEST: &'static str = "digest";

    pub fn is_test(&self) -> bool {
        self.kind == Self::TEST
    }

    /// Whether it ends its thread.
    pub fn is_resolution(&self) -> bool {
        self.kind.ends_with(".resolved")
    }
}

/// One attempt to send a notification.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// How it came about; known to who reads it from the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub trace: Option<TraceId>,
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
