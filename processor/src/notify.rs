//! Events that people should hear of become notifications, one for each channel of the tenant.
//!
//! A notification's identifier follows from its channel and its event, so an event that is handled twice is told once.

mod alerts;
mod content;

use std::sync::Arc;

use bus::{Bus, Failure, Message};
use contract::channel::Recipients;
use contract::event::Event;
use contract::id::{ChannelId, NotificationId};
use contract::rpc::{Caller, Error};
use contract::{stream, subject};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::outbox::{Item, Outbox};

pub(crate) async fn run(bus: Bus, outbox: Arc<Outbox>, stop: CancellationToken) {
    let lane = bus.clone();
    let handler = move |message: Arc<Message<Event>>| {
        let (lane, outbox) = (lane.clone(), Arc::clone(&outbox));
        async move { take(&lane, &outbox, &message).await }
    };
    bus::consume(&bus, &stream::processor_notify(), 1, &stop, handler).await;
}

async fn take(bus: &Bus, outbox: &Outbox, message: &Message<Event>) -> Result<(), Failure> {
    let Some(content) = content::content(&message.body) else {
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
        let item = Item {
            id: item_id(channel, &message.body),
            tenant,
            channel,
            kind,
            content: content.clone(),
        };
        outbox.put(item).await?;
    }
    Ok(())
}

fn item_id(channel: ChannelId, event: &Event) -> NotificationId {
    NotificationId(Uuid::new_v5(&channel.0, event.message_id().as_bytes()))
}
