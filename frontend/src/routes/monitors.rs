//! All monitors of a tenant in a dense table, filtered by typing.

use contract::id::MonitorId;
use contract::monitor::{Overview, State, Uptime};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::components::clock::Clock;
use crate::components::problem::Refusal;
use crate::components::spark::Sparkline;
use crate::components::state::StateBadge;
use crate::components::time::Time;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::certificate::{days_left, words, worry};
use crate::view::figure::duration;
use crate::view::overview::matches;
use crate::view::time::Precision;

#[component]
pub fn Monitors() -> impl IntoView {
    let tenant = Tenant::of_page();
    let asked = use_query_map().with_untracked(|query| query.get("q"));
    let filter = RwSignal::new(asked.unwrap_or_default());
    view! {
        <Title text="Monitors" />
        <header class="row apart">
            <h1>"Monitors"</h1>
            <a class="button primary" href=move || tenant.path("/monitors/new")>"Create a monitor"</a>
        </header>
        <form class="filter" method="get" role="search">
            <label for="q" class="visually-hidden">"Filter by name, group, target or state"</label>
            <input
                id="q"
                name="q"
                type="search"
                placeholder="Filter by name, group, target or state"
                value=filter.get_untracked()
                on:input=move |event| filter.set(event_target_value(&event))
            />
        </form>
        <Transition fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
            {move || Suspend::new(async move {
                match tenant.ready().await {
                    Ok(()) => Either::Left(view! { <MonitorTable tenant filter=filter.into() /> }),
                    Err(error) => Either::Right(view! { <Refusal error /> }),
                }
            })}
        </Transition>
    }
}

/// The monitors that match what was typed. Rows stay in place while their cells change.
#[component]
pub fn MonitorTable(tenant: Tenant, filter: Signal<String>) -> impl IntoView {
    let ids = Memo::new(move |_| {
        let typed = filter.get();
        tenant.monitors.with(|monitors| {
            let shown = monitors.iter().filter(|one| matches(one, &typed));
            shown.map(|one| one.monitor.id).collect::<Vec<_>>()
        })
    });
    let nothing = move || ids.with(Vec::is_empty);
    view! {
        <div class="table">
            <table data-rows>
                <thead>
                    <tr>
                        <th scope="col">"State"</th>
                        <th scope="col">"Name"</th>
                        <th scope="col" class="wide-only">"Target"</th>
                        <th scope="col">"Response time"</th>
                        <th scope="col" class="number">"24 h"</th>
                        <th scope="col" class="number">"30 d"</th>
                        <th scope="col" class="number">"Certificate"</th>
                        <th scope="col" class="number">"Every"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || ids.get() key=|id| *id children=move |id| view! { <Row tenant id /> } />
                </tbody>
            </table>
        </div>
        <Show when=nothing fallback=|| ()>
            <p class="quiet-text">"No monitor matches."</p>
        </Show>
    }
}

#[component]
fn Row(tenant: Tenant, id: MonitorId) -> impl IntoView {
    let one = Memo::new(move |_| {
        tenant
            .monitors
            .with(|monitors| monitors.iter().find(|one| one.monitor.id == id).cloned())
    });
    let text = move |of: fn(&Overview) -> String| move || one.with(|one| one.as_ref().map(of));
    let state = move || one.with(|one| one.as_ref().map_or(State::Unknown, |one| one.status.state));
    let recent = move || {
        one.with(|one| {
            one.as_ref()
                .map(|one| one.recent.clone())
                .unwrap_or_default()
        })
    };
    let share = |of: fn(&Overview) -> Uptime| {
        move || one.with(|one| one.as_ref().map(|one| of(one).percent()))
    };
    view! {
        <tr>
            <td><StateBadge state=Signal::derive(state) /></td>
            <th scope="row">
                <a href=move || tenant.path(&format!("/monitors/{id}"))>{text(|one| one.monitor.spec.name.clone())}</a>
            </th>
            <td class="target wide-only">{text(|one| one.monitor.spec.check.target().to_owned())}</td>
            <td><Sparkline points=Signal::derive(recent) /></td>
            <td class="number">{share(|one| one.uptime_24h)}</td>
            <td class="number">{share(|one| one.uptime_30d)}</td>
            <td class="number"><Certificate one /></td>
            <td class="number">{text(|one| duration(i64::from(one.monitor.spec.check.interval_s)))}</td>
        </tr>
    }
}

/// Days left as soon as the reader's clock is known; the date of expiry until then, and without a script.
#[component]
fn Certificate(one: Memo<Option<Overview>>) -> impl IntoView {
    let clock = Clock::of_page();
    let expiry = Memo::new(move |_| one.with(|one| one.as_ref()?.certificate_expires_at));
    move || {
        let at = expiry.get()?;
        Some(match clock.now() {
            Some(now) => {
                let days = days_left(at, now);
                Either::Left(
                    view! { <span class=format!("tone {}", tone(days))>{words(days)}</span> },
                )
            }
            None => Either::Right(view! { <Time at precision=Precision::Day /> }),
        })
    }
}

/// A good certificate needs no colour.
fn tone(days: i64) -> &'static str {
    match worry(days) {
        State::Up => "plain",
        state => state.as_str(),
    }
}
