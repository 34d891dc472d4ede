//! Members of a tenant, and the invitations that make more.

pub mod actions;
pub mod invitations;
pub mod invite;
pub mod leave;
pub mod list;

use contract::invitation::Invitation;
use contract::member::Member;
use contract::rpc::Role;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::{self, Error};
use crate::components::problem::{FormProblem, Refusal};
use crate::routes::dashboard::allowed::Allowed;
use crate::routes::dashboard::tenant::Tenant;
use actions::Actions;
use invitations::Invitations;
use invite::Invite;
use leave::Leave;
use list::List;

/// Everybody, and for those who may know, who else was invited.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Board {
    members: Vec<Member>,
    invitations: Option<Vec<Invitation>>,
}

#[component]
pub fn Members() -> impl IntoView {
    let tenant = Tenant::of_page();
    let actions = Actions::new();
    let invited = RwSignal::new(0);
    let board = Resource::new(
        move || (tenant.slug.get(), actions.version(), invited.get()),
        move |_| read(tenant),
    );
    let error = actions.error();
    view! {
        <Title text="Members" />
        <header class="row apart">
            <h1>"Members"</h1>
        </header>
        <FormProblem error />
        <Transition fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
            {move || Suspend::new(async move {
                let known = tenant.ready().await;
                match board.await.and_then(|board| known.map(|()| board)) {
                    Ok(Board { members, invitations }) => {
                        Either::Left(view! {
                            <List tenant members actions />
                            {invitations.map(|open| view! { <Invitations tenant open actions /> })}
                        })
                    }
                    Err(error) => Either::Right(view! { <Refusal error /> }),
                }
            })}
        </Transition>
        <Allowed tenant role=Role::Admin>
            <Invite tenant invited />
        </Allowed>
        <Leave tenant action=actions.leave />
    }
}

async fn read(tenant: Tenant) -> Result<Board, Error> {
    let slug = tenant.id()?;
    let members = api::members(slug.clone()).await?;
    tenant.ready().await?;
    let may = tenant.role() >= Role::Admin;
    let invitations = if may {
        Some(api::invitations(slug).await?)
    } else {
        None
    };
    Ok(Board {
        members,
        invitations,
    })
}
