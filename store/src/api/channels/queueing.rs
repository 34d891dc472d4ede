//! What people have sent: tests, and dead letters once more.

use chrono::{DateTime, Utc};
use contract::channel::{Channel, Content, Kind, Notification};
use contract::id::{NotificationId, TenantId};
use contract::rpc::Error;
use contract::subject;

use super::App;

/// Queues a notification, on the way of all others.
pub(in crate::api) async fn queue(
    app: &App,
    kind: Kind,
    notification: &Notification,
) -> Result<(), Error> {
    let subject = subject::notification_queued(kind, notification.tenant);
    let queued = app
        .bus
        .publish(&subject, &notification.message_id(), notification)
        .await;
    queued.map_err(|error| {
        tracing::warn!(%error, "a notification cannot be queued");
        Error::Unavailable
    })
}

/// A notification that tells nothing but that it arrived.
pub(super) fn trial(tenant: TenantId, channel: &Channel, now: DateTime<Utc>) -> Notification {
    let content = Content {
        kind: Content::TEST.to_owned(),
        title: "Test notification".to_owned(),
        text: format!("The channel {} works.", channel.spec.name),
        thread: None,
        incident: None,
        monitor: None,
        at: now,
    };
    Notification::new(NotificationId::generate(), tenant, channel.id, content)
}
