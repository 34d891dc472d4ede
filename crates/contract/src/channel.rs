//! Channels: where notifications go, and what became of each.

mod kind;
mod notification;
mod secret;
pub mod settings;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::id::{ChannelId, NotificationId};
use crate::listing::{Place, list};
use crate::rpc::request;

pub use kind::Kind;
pub use notification::{Content, Delivery, DeliveryOutcome, Notification};
pub use secret::Secret;
pub use settings::Settings;

/// A channel as its owner describes it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ChannelSpec))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Spec {
    #[validate(length(min = 1, max = 80, message = "between 1 and 80 characters"))]
    pub name: String,
    #[serde(flatten)]
    #[validate(nested)]
    pub settings: Settings,
    /// Nothing is sent, except tests; what happens meanwhile is not told later.
    #[serde(default)]
    pub muted: bool,
}

impl Spec {
    /// A channel that posts signed requests to `url`.
    pub fn webhook(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            settings: Settings::Webhook(settings::Webhook { url: url.into() }),
            muted: false,
        }
    }

    pub fn kind(&self) -> Kind {
        self.settings.kind()
    }
}

/// A channel as its owner sees it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    pub id: ChannelId,
    #[serde(flatten)]
    pub spec: Spec,
    #[serde(default)]
    pub has_secret: bool,
    pub created_at: DateTime<Utc>,
}

/// A fresh channel. The signing secret of a webhook (`whsec_` and base64) is told once; nothing else is.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CreatedChannel))]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Created {
    #[serde(flatten)]
    pub channel: Channel,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Secret>,
}

/// All that is needed to send; told to the notifier alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Target {
    #[serde(flatten)]
    pub spec: Spec,
    pub secret: Secret,
}

request! {
    Create { pub spec: Spec, #[serde(default)] pub secret: Option<Secret> } -> Created, "channel", "create";
    Read { pub id: ChannelId } -> Channel, "channel", "read";
    /// Replaces a channel's description; its kind stays. Without a secret the one it has stays, unless it shall be removed.
    Update {
        pub id: ChannelId,
        pub spec: Spec,
        #[serde(default)]
        pub secret: Option<Secret>,
        #[serde(default)]
        pub remove_secret: bool,
    } -> Channel, "channel", "update";
    Delete { pub id: ChannelId } -> (), "channel", "delete";
    /// Queues a notification that says it is a test, on the way of all others; its attempts are in the delivery log.
    Test { pub id: ChannelId } -> NotificationId, "channel", "test";
    /// The delivery log of a channel, newest first.
    Deliveries { pub id: ChannelId, pub limit: u32, #[serde(default)] pub before: Option<Place> } -> Vec<Delivery>, "channel", "deliveries";
    /// The channels a tenant's notifications go to. For services.
    Recipients {} -> Vec<(ChannelId, Kind)>, "channel", "recipients";
    /// Where a channel sends to. For services.
    ReadTarget { pub id: ChannelId } -> Target, "channel", "read-target";
}

list! {
    /// Channels of the tenant, in the order in which they were created.
    Channel, "channel", Place, |channel| Place::new(channel.created_at, channel.id.0);
}

#[cfg(test)]
mod tests;
