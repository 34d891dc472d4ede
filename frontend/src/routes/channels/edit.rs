//! One channel, to be changed, and what was sent over it. Its kind stays, and so does its secret unless another one is given or it shall be removed.

use contract::channel::{Channel, Delivery};
use contract::id::{ChannelId, Slug};
use contract::listing::Place;
use contract::rpc::{self, Role};
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::actions::UpdateByForm;
use super::fields::Fields;
use super::log::Log;
use crate::api::{self, Error};
use crate::components::pager;
use crate::components::problem::{FormProblem, Refusal, error_of};
use crate::components::skeleton::Skeleton;
use crate::components::typed::refused;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::channel_form::ChannelForm;

#[component]
pub fn EditChannel() -> impl IntoView {
    let tenant = Tenant::of_page();
    let typed = refused::<UpdateByForm>().map(|posted| posted.form);
    let id = use_params_map()
        .with_untracked(|params| params.get("id"))
        .unwrap_or_default();
    let before = pager::asked();
    let known = Resource::new(
        move || (tenant.slug.get(), id.clone(), before.get()),
        |(slug, id, before)| read(slug, id, before),
    );
    view! {
        <Title text="Channel" />
        <header>
            <p class="small"><a href=move || tenant.path("/channels")>"Channels"</a></p>
            <h1>"Channel"</h1>
        </header>
        <Transition fallback=|| view! { <Skeleton rows=6 /> }>
            {move || {
                let typed = typed.clone();
                Suspend::new(async move {
                    let ready = tenant.ready_for(Role::Editor).await;
                    match known.await.and_then(|known| ready.map(|()| known)) {
                        Ok((known, log)) => {
                            let channel = known.id;
                            let is_older = before.get_untracked().is_some();
                            Either::Left(view! {
                                <Edit tenant known typed />
                                <Log tenant channel log is_older />
                            })
                        }
                        Err(error) => Either::Right(view! { <Refusal error /> }),
                    }
                })
            }}
        </Transition>
    }
}

#[component]
fn Edit(tenant: Tenant, known: Channel, typed: Option<ChannelForm>) -> impl IntoView {
    let action = ServerAction::<UpdateByForm>::new();
    let error = error_of(action);
    let kind = known.spec.kind();
    let note = typed.is_some().then(|| {
        view! { <p class="note">"Addresses and topics stand as they were saved: changes of them were not kept, since they may be secret."</p> }
    });
    let form = match typed {
        Some(typed) => typed.completed(&known.spec),
        None => ChannelForm::from(&known.spec),
    };
    view! {
        <ActionForm action>
            <div class="form">
                <FormProblem error />
                {note}
                <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                <input type="hidden" name="id" value=known.id.to_string() />
                <input type="hidden" name="form[kind]" value=kind.as_str() />
                <Fields kind form has_secret=known.has_secret error />
                <button type="submit" class="primary" disabled=move || action.pending().get()>"Save the channel"</button>
            </div>
        </ActionForm>
    }
}

/// The channel, and what was sent over it.
async fn read(
    slug: String,
    id: String,
    before: Option<Place>,
) -> Result<(Channel, Vec<Delivery>), Error> {
    let unknown = |_| Error::Refused(rpc::Error::not_found("channel"));
    let (slug, id): (Slug, ChannelId) =
        (slug.parse().map_err(unknown)?, id.parse().map_err(unknown)?);
    let channel = api::channel(slug.clone(), id).await?;
    Ok((channel, api::deliveries(slug, id, before).await?))
}
