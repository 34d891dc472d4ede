//! The tenant's incidents, open ones first, filtered by typing.

pub mod create;
pub mod one;
pub mod update;

use contract::incident::Incident;
use contract::rpc::Role;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::components::clock::Clock;
use crate::components::problem::Refusal;
use crate::components::skeleton::Skeleton;
use crate::components::state::StateBadge;
use crate::components::time::{Ago, Time};
use crate::routes::dashboard::allowed::Allowed;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::figure::duration;
use crate::view::incident::{latest, matches};
use crate::view::state::{incident_state, incident_word};

#[component]
pub fn Incidents() -> impl IntoView {
    let tenant = Tenant::of_page();
    view! {
        <Title text="Incidents" />
        <header class="row apart">
            <h1>"Incidents"</h1>
            <Allowed tenant role=Role::Editor>
                <a class="button primary" href=move || tenant.path("/incidents/new")>"Tell an incident"</a>
            </Allowed>
        </header>
        <Transition fallback=|| view! { <Skeleton /> }>
            {move || Suspend::new(async move {
                match tenant.ready().await {
                    Ok(()) => Either::Left(view! { <Shown tenant /> }),
                    Err(error) => Either::Right(view! { <Refusal error /> }),
                }
            })}
        </Transition>
    }
}

#[component]
fn Shown(tenant: Tenant) -> impl IntoView {
    let asked = use_query_map().with_untracked(|query| query.get("q"));
    let filter = RwSignal::new(asked.unwrap_or_default());
    let chosen = Memo::new(move |_| {
        let typed = filter.get();
        tenant.incidents.with(|all| {
            let shown = all.iter().filter(|one| matches(one, &typed));
            shown.cloned().collect::<Vec<_>>()
        })
    });
    let group = move |open: bool| {
        chosen.with(|all| {
            let ours = all.iter().filter(|one| one.resolved_at.is_none() == open);
            ours.cloned().collect::<Vec<_>>()
        })
    };
    view! {
        <form class="filter" method="get" role="search">
            <label for="q" class="visually-hidden">"Filter by title, words or status"</label>
            <input
                id="q"
                name="q"
                type="search"
                placeholder="Filter by title, words or status"
                value=filter.get_untracked()
                on:input=move |event| filter.set(event_target_value(&event))
            />
        </form>
        <section aria-labelledby="open">
            <h2 id="open">"Open"</h2>
            {move || table(tenant, group(true), "Nothing is open.")}
        </section>
        <section aria-labelledby="past">
            <h2 id="past">"Resolved"</h2>
            {move || table(tenant, group(false), "Nothing was resolved lately.")}
        </section>
    }
}

fn table(tenant: Tenant, incidents: Vec<Incident>, none: &'static str) -> impl IntoView {
    if incidents.is_empty() {
        return Either::Left(view! { <p class="quiet-text">{none}</p> });
    }
    let rows = incidents.into_iter().map(|incident| row(tenant, incident));
    Either::Right(view! {
        <div class="table">
            <table data-rows>
                <thead>
                    <tr>
                        <th scope="col">"Status"</th>
                        <th scope="col">"Incident"</th>
                        <th scope="col">"Began"</th>
                        <th scope="col" class="number">"Lasted"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    })
}

fn row(tenant: Tenant, incident: Incident) -> impl IntoView {
    let href = tenant.path(&format!("/incidents/{}", incident.id));
    let said = latest(&incident);
    let started = incident.started_at;
    let clock = Clock::of_page();
    let lasted = move || match (incident.resolved_at, clock.now()) {
        (Some(at), _) => duration((at - started).num_seconds()),
        (None, Some(now)) => format!("{} so far", duration((now - started).num_seconds())),
        (None, None) => "still open".to_owned(),
    };
    view! {
        <tr>
            <td><StateBadge state=incident_state(incident.status) word=incident_word(incident.status) /></td>
            <th scope="row">
                <a href=href>{incident.title}</a>
                {said.map(|said| view! { <p class="quiet-text small one-line">{said}</p> })}
            </th>
            <td class="nowrap"><Time at=started /> " " <Ago at=started /></td>
            <td class="number">{lasted}</td>
        </tr>
    }
}
