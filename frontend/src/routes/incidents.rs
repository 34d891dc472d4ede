//! The tenant's incidents, open ones first, filtered by typing.

pub mod create;
pub mod one;
pub mod update;

use contract::incident::Incident;
use contract::listing::Place;
use contract::rpc::Role;
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::{self, Error};
use crate::components::clock::Clock;
use crate::components::pager::{self, Pager};
use crate::components::problem::Refusal;
use crate::components::skeleton::Skeleton;
use crate::components::state::StateBadge;
use crate::components::time::{Ago, Time};
use crate::routes::dashboard::allowed::Allowed;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::figure::duration;
use crate::view::incident::{latest, matches};
use crate::view::place;
use crate::view::state::{incident_state, incident_word};

#[component]
pub fn Incidents() -> impl IntoView {
    let tenant = Tenant::of_page();
    let before = pager::asked();
    let older = Resource::new(
        move || (tenant.slug.get(), before.get()),
        move |(_, before)| read(tenant, before),
    );
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
                let known = tenant.ready().await;
                match older.await.and_then(|older| known.map(|()| older)) {
                    Ok(None) => EitherOf3::A(view! { <Shown tenant incidents=tenant.incidents.into() /> }),
                    Ok(Some(older)) => EitherOf3::B(view! { <Shown tenant incidents=Signal::stored(older) is_older=true /> }),
                    Err(error) => EitherOf3::C(view! { <Refusal error /> }),
                }
            })}
        </Transition>
    }
}

/// What is behind a place; nothing where none is named, since the newest are known.
async fn read(tenant: Tenant, before: Option<Place>) -> Result<Option<Vec<Incident>>, Error> {
    if before.is_none() {
        return Ok(None);
    }
    api::incidents(tenant.id()?, place::READ, before)
        .await
        .map(Some)
}

#[component]
fn Shown(
    tenant: Tenant,
    incidents: Signal<Vec<Incident>>,
    #[prop(optional)] is_older: bool,
) -> impl IntoView {
    let asked = use_query_map().with_untracked(|query| query.get("q"));
    let filter = RwSignal::new(asked.unwrap_or_default());
    let chosen = Memo::new(move |_| {
        let typed = filter.get();
        incidents.with(|all| {
            let shown = place::shown(all).iter().filter(|one| matches(one, &typed));
            shown.cloned().collect::<Vec<_>>()
        })
    });
    let group = move |open: bool| {
        chosen.with(|all| {
            let ours = all.iter().filter(|one| one.resolved_at.is_none() == open);
            ours.cloned().collect::<Vec<_>>()
        })
    };
    let (none_open, none_past) = if is_older {
        ("None of these is open.", "None of these is resolved.")
    } else {
        ("Nothing is open.", "Nothing was resolved lately.")
    };
    let here = tenant.path("/incidents");
    let newest = is_older.then(|| here.clone());
    let older = Signal::derive(move || {
        let last = incidents.with(|all| place::behind(all, place::of_incident))?;
        Some(format!("{here}?{}", place::write(last)))
    });
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
            {move || table(tenant, group(true), none_open)}
        </section>
        <section aria-labelledby="past">
            <h2 id="past">"Resolved"</h2>
            {move || table(tenant, group(false), none_past)}
        </section>
        <Pager label="Pages of incidents" newest older />
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
