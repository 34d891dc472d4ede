//! Events that people should hear of become notifications, one for each channel of the tenant.
//!
//! A notification's identifier follows from its channel and its event, so an event that is handled twice is told once.

mod alerts;

use std::sync::Arc;

use bus::{Bus, Failure, Message};
use contract::channel::{Content, Kind, Notification, Recipients};
use contract::event::{Event, IncidentOpened, IncidentResolved};
use contract::id::{ChannelId, NotificationId, TenantId};
use contract::rpc::{Caller, Error};
use contract::{stream, subject};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub(crate) async fn run(bus: Bus, stop: CancellationToken) {
    let lane = bus.clone();
    let handler = move |message: Arc<Message<Event>>| {
        let lane = lane.clone();
        async move { take(&lane, &message).await }
    };
    bus::consume(&bus, &stream::processor_notify(), 1, &stop, handler).await;
}

async fn take(bus: &Bus, message: &Message<Event>) -> Result<(), Failure> {
    let Some(content) = content(&message.body) else {
        return Ok(());
    };
    let Some(tenant) = subject::parse::event(&message.subject) else {
        return Err(Failure::reject("the subject names no tenant"));
    };
    let recipients = bus
        .ask(&Caller::Service { tenant }, &Recipients {})
        .await
        .or_else(|error| match error {
            // The tenant was deleted.
            Error::NotFound { .. } => Ok(Vec::new()),
            Error::Unavailable | Error::Throttled { .. } => Err(Failure::retry(&error)),
            _ => Err(Failure::reject(&error)),
        })?;
    for (channel, kind) in recipients {
        let id = notification_id(channel, &message.body);
        queue(bus, tenant, (channel, kind), id, content.clone()).await?;
    }
    Ok(())
}

async fn queue(
    bus: &Bus,
    tenant: TenantId,
    (channel, kind): (ChannelId, Kind),
    id: NotificationId,
    content: Content,
) -> Result<(), Failure> {
    let notification = Notification {
        id,
        tenant,
        channel,
        content,
    };
    bus.publish(
        &subject::notification_queued(kind, tenant),
        &id.to_string(),
        &notification,
    )
    .await
    .map_err(|error| Failure::retry(&error))
}

fn notification_id(channel: ChannelId, event: &Event) -> NotificationId {
    NotificationId(Uuid::new_v5(&channel.0, event.message_id().as_bytes()))
}

/// What people are told, or `None` for what is no news to them.
fn content(event: &Event) -> Option<Content> {
    match event {
        Event::IncidentOpened(opened) => Some(opened_content(opened)),
        Event::IncidentResolved(resolved) => Some(resolved_content(resolved)),
        Event::AlertOpened(opened) => Some(alerts::opened(opened)),
        Event::AlertReminded(reminded) => Some(alerts::reminded(reminded)),
        Event::AlertResolved(resolved) => alerts::resolved(resolved),
        Event::StateChanged(_) | Event::DeliveryAttempted(_) => None,
    }
}

fn opened_content(opened: &IncidentOpened) -> Content {
    let since = opened.started_at.format("%H:%M:%S UTC");
    Content {
        kind: "incident.opened".to_owned(),
        title: format!("{} is down", opened.monitor_name),
        text: format!("Down since {since} ({}).", opened.reason),
        incident: Some(opened.incident),
        monitor: Some(opened.monitor),
        at: opened.at,
    }
}

fn resolved_content(resolved: &IncidentResolved) -> Content {
    let lasted = duration((resolved.resolved_at - resolved.started_at).num_seconds());
    Content {
        kind: "incident.resolved".to_owned(),
        title: format!("{}: incident resolved", resolved.monitor_name),
        text: format!("Resolved after {lasted} ({}).", resolved.reason),
        incident: Some(resolved.incident),
        monitor: Some(resolved.monitor),
        at: resolved.resolved_at,
    }
}

/// "2 h 5 min", the two largest units.
fn duration(seconds: i64) -> String {
    let units = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];
    let mut rest = seconds.max(0);
    let mut parts = Vec::new();
    for (unit, size) in units {
        if rest >= size {
            parts.push(format!("{} {unit}", rest / size));
            rest %= size;
        }
    }
    parts.truncate(2);
    if parts.is_empty() {
        "less than a second".to_owned()
    } else {
        parts.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::id::{IncidentId, MonitorId};

    fn resolved() -> IncidentResolved {
        IncidentResolved {
            incident: IncidentId(Uuid::from_u128(1)),
            monitor: MonitorId(Uuid::from_u128(2)),
            monitor_name: "Public API".to_owned(),
            started_at: "2026-11-20T14:10:05Z".parse().expect("an instant"),
            resolved_at: "2026-11-20T16:15:09Z".parse().expect("an instant"),
            reason: "all regions succeed".to_owned(),
        }
    }

    #[test]
    fn a_recovery_says_how_long_it_took() {
        let content = resolved_content(&resolved());
        assert_eq!(content.title, "Public API: incident resolved");
        assert_eq!(
            content.text,
            "Resolved after 2 h 5 min (all regions succeed)."
        );
    }

    #[test]
    fn one_event_is_one_notification_for_each_channel() {
        let event = Event::IncidentResolved(resolved());
        let (one, other) = (ChannelId(Uuid::from_u128(3)), ChannelId(Uuid::from_u128(4)));
        assert_eq!(notification_id(one, &event), notification_id(one, &event));
        assert_ne!(notification_id(one, &event), notification_id(other, &event));
    }

    #[test]
    fn durations_are_told_in_two_units() {
        for (seconds, words) in [
            (0, "less than a second"),
            (59, "59 s"),
            (3_600, "1 h"),
            (90_061, "1 d 1 h"),
        ] {
            assert_eq!(duration(seconds), words);
        }
    }
}
