//! Channels and their delivery logs. Addresses of channels may carry secrets of other services, so viewers do not see them.

use contract::channel::{Channel, Created, Delivery, Spec};
use contract::id::{ChannelId, Slug};
#[cfg(feature = "ssr")]
use contract::{channel, rpc::Role};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::visit;

#[cfg(feature = "ssr")]
const DELIVERIES_SHOWN: u32 = 50;

#[server(prefix = "/fn", endpoint = "channels", input = Json)]
pub async fn channels(tenant: Slug) -> Result<Vec<Channel>, Error> {
    visit::serve("channels", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(channel::List {}).await
    })
    .await
}

/// Creates a channel; its signing secret is in this answer and never again.
#[server(prefix = "/fn", endpoint = "create-channel", input = Json)]
pub async fn create_channel(tenant: Slug, spec: Spec) -> Result<Created, Error> {
    visit::serve("create-channel", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(channel::Create { spec }).await
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

/// The delivery log of a channel, newest first.
#[server(prefix = "/fn", endpoint = "deliveries", input = Json)]
pub async fn deliveries(tenant: Slug, id: ChannelId) -> Result<Vec<Delivery>, Error> {
    visit::serve("deliveries", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        let latest = channel::Deliveries {
            id,
            limit: DELIVERIES_SHOWN,
        };
        member.ask(latest).await
    })
    .await
}
