//! Channels: where notifications go, and what became of them.

pub mod actions;
pub mod create;
pub mod edit;
pub mod fields;
pub mod letters;
pub mod list;
pub mod log;

use contract::channel::{Channel, Delivery};
use contract::dead_letter::DeadLetter;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::{self, Error};
use crate::components::problem::{FormProblem, Refusal};
use crate::components::skeleton::Skeleton;
use crate::routes::dashboard::tenant::Tenant;
use actions::Actions;
use create::CreateChannel;
use letters::Letters;
use list::List;

/// Every channel with its delivery log, and what was given up.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Board {
    channels: Vec<(Channel, Vec<Delivery>)>,
    letters: Vec<DeadLetter>,
}

#[component]
pub fn Channels() -> impl IntoView {
    let tenant = Tenant::of_page();
    let actions = Actions::new();
    let board = Resource::new(
        move || (tenant.slug.get(), actions.version()),
        move |_| read(tenant),
    );
    let error = actions.error();
    view! {
        <Title text="Channels" />
        <header class="row apart">
            <h1>"Channels"</h1>
        </header>
        <FormProblem error />
        <Transition fallback=|| view! { <Skeleton /> }>
            {move || Suspend::new(async move {
                let known = tenant.ready().await;
                match board.await.and_then(|board| known.map(|()| board)) {
                    Ok(Board { channels, letters }) => {
                        Either::Left(view! {
                            <List tenant channels actions />
                            <Letters tenant letters replay=actions.replay />
                        })
                    }
                    Err(error) => Either::Right(view! { <Refusal error /> }),
                }
            })}
        </Transition>
        <CreateChannel tenant create=actions.create />
    }
}

async fn read(tenant: Tenant) -> Result<Board, Error> {
    let slug = tenant.id()?;
    let mut channels = vec![];
    for channel in api::channels(slug.clone()).await? {
        let log = api::deliveries(slug.clone(), channel.id, None).await?;
        channels.push((channel, log));
    }
    let letters = api::dead_letters(slug).await?;
    Ok(Board { channels, letters })
}
