//! Channels and their delivery logs. Addresses of channels may carry secrets of other services, so viewers do not see them.

use contract::channel::{self, Created, Delivery, Secret, Spec};
use contract::dead_letter::DeadLetter;
use contract::id::{ChannelId, NotificationId, Slug};
use contract::listing::Place;
#[cfg(feature = "ssr")]
use contract::{dead_letter, rpc::Role};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::visit;
#[cfg(feature = "ssr")]
use crate::view::place::READ;

#[cfg(feature = "ssr")]
const LETTERS_SHOWN: u32 = 50;

#[server(prefix = "/fn", endpoint = "channels", input = Json)]
pub async fn channels(tenant: Slug) -> Result<Vec<channel::Channel>, Error> {
    visit::serve("channels", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(channel::List::ALL).await
    })
    .await
}

#[server(prefix = "/fn", endpoint = "channel", input = Json)]
pub async fn channel(tenant: Slug, id: ChannelId) -> Result<channel::Channel, Error> {
    visit::serve("channel", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(channel::Read { id }).await
    })
    .await
}

/// Creates a channel; a signing secret that was made for it is in this answer and never again.
#[server(prefix = "/fn", endpoint = "create-channel", input = Json)]
pub async fn create_channel(
    tenant: Slug,
    spec: Spec,
    secret: Option<Secret>,
) -> Result<Created, Error> {
    visit::serve("create-channel", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(channel::Create { spec, secret }).await
    })
    .await
}

/// Changes a channel. Without a secret the one it has stays, unless it shall be removed.
#[server(prefix = "/fn", endpoint = "update-channel", input = Json)]
pub async fn update_channel(
    tenant: Slug,
    id: ChannelId,
    spec: Spec,
    secret: Option<Secret>,
    #[server(default)] remove_secret: bool,
) -> Result<channel::Channel, Error> {
    visit::serve("update-channel", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        let update = channel::Update {
            id,
            spec,
            secret,
            remove_secret,
        };
        member.ask(update).await
    })
    .await
}

#[server(prefix = "/fn", endpoint = "delete-channel", input = Json)]
pub async fn delete_channel(tenant: Slug, id: ChannelId) -> Result<(), Error> {
    visit::serve("delete-channel", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(channel::Delete { id }).await
    })
    .await
}

/// Queues a test; what becomes of it is in the delivery log.
#[server(prefix = "/fn", endpoint = "test-channel", input = Json)]
pub async fn test_channel(tenant: Slug, id: ChannelId) -> Result<NotificationId, Error> {
    visit::serve("test-channel", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(channel::Test { id }).await
    })
    .await
}

#[server(prefix = "/fn", endpoint = "mute-channel", input = Json)]
pub async fn mute_channel(
    tenant: Slug,
    id: ChannelId,
    muted: bool,
) -> Result<channel::Channel, Error> {
    visit::serve("mute-channel", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        let known = member.ask(channel::Read { id }).await?;
        let spec = Spec {
            muted,
            ..known.spec
        };
        let update = channel::Update {
            id,
            spec,
            secret: None,
            remove_secret: false,
        };
        member.ask(update).await
    })
    .await
}

/// The delivery log of a channel, newest first, from the first or behind a place.
#[server(prefix = "/fn", endpoint = "deliveries", input = Json)]
pub async fn deliveries(
    tenant: Slug,
    id: ChannelId,
    before: Option<Place>,
) -> Result<Vec<Delivery>, Error> {
    visit::serve("deliveries", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        let limit = READ;
        let log = channel::Deliveries { id, limit, before };
        member.ask(log).await
    })
    .await
}

/// Notifications that were given up, newest first.
#[server(prefix = "/fn", endpoint = "dead-letters", input = Json)]
pub async fn dead_letters(tenant: Slug) -> Result<Vec<DeadLetter>, Error> {
    visit::serve("dead-letters", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member
            .ask(dead_letter::List {
                limit: LETTERS_SHOWN,
                before: None,
            })
            .await
    })
    .await
}

#[server(prefix = "/fn", endpoint = "replay-dead-letter", input = Json)]
pub async fn replay_dead_letter(tenant: Slug, id: NotificationId) -> Result<(), Error> {
    visit::serve("replay-dead-letter", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(dead_letter::Replay { id }).await
    })
    .await
}
