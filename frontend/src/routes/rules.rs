//! Alert rules: how each of them stands, and what they told lately.

pub mod actions;
pub mod edit;
pub mod fields;
pub mod history;
pub mod list;
pub mod more;
pub mod trial;

use contract::alert::Alert;
use contract::listing::Place;
use contract::live::Update;
use contract::rpc::Role;
use contract::rule::Rule;
use leptos::either::Either;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;

use crate::api::{self, Error};
use crate::components::pager;
use crate::components::problem::{FormProblem, Refusal};
use crate::components::skeleton::Skeleton;
use crate::routes::dashboard::allowed::Allowed;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::place;
use actions::Actions;
use history::History;
use list::List;

/// Every rule, and the latest alerts.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub struct Board {
    rules: Vec<Rule>,
    /// Open ones first, then the newest first.
    alerts: Vec<Alert>,
    /// Behind which place they begin.
    before: Option<Place>,
}

#[component]
pub fn Rules() -> impl IntoView {
    let tenant = Tenant::of_page();
    let before = pager::asked();
    let board = Resource::new(
        move || (tenant.slug.get(), before.get()),
        move |(_, before)| read(tenant, before),
    );
    view! {
        <Title text="Alert rules" />
        <header class="row apart">
            <h1>"Alert rules"</h1>
            <Allowed tenant role=Role::Editor>
                <a class="button primary" href=move || tenant.path("/rules/new")>"Create a rule"</a>
            </Allowed>
        </header>
        <Transition fallback=|| view! { <Skeleton /> }>
            {move || Suspend::new(async move {
                let known = tenant.ready().await;
                match board.await.and_then(|board| known.map(|()| board)) {
                    Ok(board) => Either::Left(view! { <Shown tenant board /> }),
                    Err(error) => Either::Right(view! { <Refusal error /> }),
                }
            })}
        </Transition>
    }
}

#[component]
fn Shown(tenant: Tenant, board: Board) -> impl IntoView {
    let before = board.before;
    let board = RwSignal::new(board);
    let again = move || {
        spawn_local(async move {
            // What is shown stays; the next update tries again.
            if let Ok(fresh) = read(tenant, before).await {
                board.try_set(fresh);
            }
        });
    };
    tenant
        .live
        .keep_fresh(|update| matches!(update, Update::Alert { .. }), again);
    let actions = Actions::new();
    let error = actions.error();
    Effect::new(move |_| {
        if actions.done() > 0 {
            again();
        }
    });
    let rules = Signal::derive(move || board.with(|board| board.rules.clone()));
    let alerts = Signal::derive(move || board.with(|board| board.alerts.clone()));
    view! {
        <FormProblem error />
        <List tenant rules alerts actions />
        <section aria-labelledby="alerts">
            <h2 id="alerts">"Alerts"</h2>
            <History tenant alerts is_older=before.is_some() />
        </section>
    }
}

async fn read(tenant: Tenant, before: Option<Place>) -> Result<Board, Error> {
    let slug = tenant.id()?;
    Ok(Board {
        rules: api::rules(slug.clone()).await?,
        alerts: api::alerts(slug, None, place::READ, before).await?,
        before,
    })
}
