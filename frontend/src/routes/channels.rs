//! Channels: where notifications go, and what became of them.

pub mod create;
pub mod list;

use contract::channel::{Channel, Delivery};
use contract::id::{ChannelId, Slug};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::{self, Error};
use crate::components::problem::{FormProblem, Refusal, error_of};
use crate::routes::dashboard::tenant::Tenant;
use create::CreateChannel;
use list::List;

/// Deletes a channel as posted by a form.
#[server(prefix = "/fn", endpoint = "delete-channel-form")]
pub async fn delete_by_form(tenant: Slug, id: ChannelId) -> Result<(), Error> {
    api::delete_channel(tenant, id).await
}

#[component]
pub fn Channels() -> impl IntoView {
    let tenant = Tenant::of_page();
    let delete = ServerAction::<DeleteByForm>::new();
    let created = RwSignal::new(0);
    let channels = Resource::new(
        move || (tenant.slug.get(), delete.version().get(), created.get()),
        move |_| read(tenant),
    );
    let error = error_of(delete);
    view! {
        <Title text="Channels" />
        <header class="row apart">
            <h1>"Channels"</h1>
        </header>
        <FormProblem error />
        <Transition fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
            {move || Suspend::new(async move {
                let known = tenant.ready().await;
                match channels.await.and_then(|channels| known.map(|()| channels)) {
                    Ok(channels) => Either::Left(view! { <List tenant channels delete /> }),
                    Err(error) => Either::Right(view! { <Refusal error /> }),
                }
            })}
        </Transition>
        <CreateChannel tenant created />
    }
}

/// Every channel with its delivery log.
async fn read(tenant: Tenant) -> Result<Vec<(Channel, Vec<Delivery>)>, Error> {
    let slug = tenant.id()?;
    let mut read = vec![];
    for channel in api::channels(slug.clone()).await? {
        let log = api::deliveries(slug.clone(), channel.id).await?;
        read.push((channel, log));
    }
    Ok(read)
}
