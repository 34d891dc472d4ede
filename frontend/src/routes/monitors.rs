//! All monitors of a tenant in a dense table, filtered by typing.

use contract::id::MonitorId;
use contract::monitor::{Overview, State, Uptime};
use contract::rpc::Role;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::components::clock::Clock;
use crate::components::problem::Refusal;
use crate::components::skeleton::Skeleton;
use crate::components::spark::Sparkline;
use crate::components::state::StateBadge;
use crate::components::time::Time;
use crate::routes::dashboard::allowed::Allowed;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::certificate::{days_left, words, worry};
use crate::view::check::what;
use crate::view::next;
use crate::view::overview::matches;
use crate::view::spark::p95;
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
            <Allowed tenant role=Role::Editor>
                <a class="button primary" href=move || tenant.path("/monitors/new")>"Create a monitor"</a>
            </Allowed>
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
        <Transition fallback=|| view! { <Skeleton rows=8 /> }>
            {move || Suspend::new(async move {
                match tenant.ready().await {
                    Ok(()) => Either::Left(view! { <All tenant filter=filter.into() /> }),
                    Err(error) => Either::Right(view! { <Refusal error /> }),
                }
            })}
        </Transition>
    }
}

#[component]
fn All(tenant: Tenant, filter: Signal<String>) -> impl IntoView {
    let none = Memo::new(move |_| tenant.monitors.with(Vec::is_empty));
    move || {
        if none.get() {
            Either::Left(view! { <NothingYet tenant /> })
        } else {
            Either::Right(view! {
                <MonitorTable tenant filter />
                <p class="quiet-text small keys"><kbd>"j"</kbd> " and " <kbd>"k"</kbd> " walk through the rows, " <kbd>"Enter"</kbd> " opens one."</p>
            })
        }
    }
}

#[component]
fn NothingYet(tenant: Tenant) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>"Nothing is watched yet"</h2>
            <p>"Start with the address your visitors depend on. The first result is here within a minute."</p>
            <Allowed tenant role=Role::Editor>
                <p><a class="button primary" href=tenant.path("/monitors/new")>"Create a monitor"</a></p>
            </Allowed>
        </div>
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
                        <th scope="col">"95 % below"</th>
                        <th scope="col" class="number">"24 h"</th>
                        <th scope="col" class="number">"30 d"</th>
                        <th scope="col" class="number">"Certificate"</th>
                        <th scope="col" class="number">"Next check"</th>
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
    let line = move || {
        one.with(|one| {
            one.as_ref()
                .map(|one| p95(&one.recent, one.monitor.spec.check.interval_s))
                .unwrap_or_default()
        })
    };
    let clock = Clock::of_page();
    let next = move || one.with(|one| one.as_ref().map(|one| next::check(one, clock.now())));
    let share = |of: fn(&Overview) -> Uptime| {
        move || one.with(|one| one.as_ref().map(|one| of(one).percent()))
    };
    view! {
        <tr>
            <td><StateBadge state=Signal::derive(state) /></td>
            <th scope="row">
                <a href=move || tenant.path(&format!("/monitors/{id}"))>{text(|one| one.monitor.spec.name.clone())}</a>
            </th>
            <td class="target wide-only">{text(|one| what(&one.monitor.spec.check))}</td>
            <td><Sparkline points=Signal::derive(line) /></td>
            <td class="number">{share(|one| one.uptime_24h)}</td>
            <td class="number">{share(|one| one.uptime_30d)}</td>
            <td class="number"><Certificate one /></td>
            <td class="number">{next}</td>
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
