//! The tenant at a glance: what is wrong now comes first.

use contract::monitor::{self, State};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::command::Command;
use crate::components::figures::Figures;
use crate::components::icon::StateIcon;
use crate::components::incident::IncidentStory;
use crate::components::problem::Refusal;
use crate::components::skeleton::Skeleton;
use crate::components::state::StateBadge;
use crate::components::time::{Ago, Time};
use crate::routes::dashboard::tenant::Tenant;
use crate::routes::monitors::MonitorTable;
use crate::view::command::push;
use crate::view::overview::{calm, together};
use crate::view::trouble::{Trouble, troubles};

/// Most incidents told here; the rest have their own page.
const INCIDENTS_TOLD: usize = 3;

#[component]
pub fn Overview() -> impl IntoView {
    let tenant = Tenant::of_page();
    view! {
        <Title text="Overview" />
        <header class="row apart">
            <h1>"Overview"</h1>
        </header>
        <Transition fallback=|| view! { <Skeleton rows=10 /> }>
            {move || Suspend::new(async move {
                match tenant.ready().await {
                    Ok(()) => Either::Left(view! { <Glance tenant /> }),
                    Err(error) => Either::Right(view! { <Refusal error /> }),
                }
            })}
        </Transition>
    }
}

#[component]
fn Glance(tenant: Tenant) -> impl IntoView {
    let empty = Memo::new(move |_| tenant.monitors.with(Vec::is_empty));
    move || {
        if empty.get() {
            Either::Left(view! { <FirstSteps tenant /> })
        } else {
            Either::Right(view! {
                <WrongNow tenant />
                <Trends tenant />
                <Recently tenant />
            })
        }
    }
}

#[component]
fn WrongNow(tenant: Tenant) -> impl IntoView {
    let troubles = Memo::new(move |_| {
        let alerts = tenant.alerts.get();
        tenant.monitors.with(|monitors| troubles(monitors, &alerts))
    });
    let content = move || {
        let troubles = troubles.get();
        if troubles.is_empty() {
            let line = tenant.monitors.with(|monitors| calm(monitors));
            return Either::Left(view! {
                <p class="calm card">
                    <span class="tone up"><StateIcon state=State::Up /></span>
                    {line}
                </p>
            });
        }
        let rows = troubles.into_iter().map(|one| trouble(tenant, one));
        Either::Right(view! { <ul class="wrong">{rows.collect_view()}</ul> })
    };
    view! {
        <section aria-labelledby="now">
            <h2 id="now" class="visually-hidden">"Right now"</h2>
            {content}
        </section>
    }
}

fn trouble(tenant: Tenant, one: Trouble) -> impl IntoView {
    let href = tenant.path(&one.path);
    let since = one.since;
    view! {
        <li class=one.state.as_str()>
            <StateBadge state=one.state word=one.word />
            <div>
                <a href=href.clone()>{one.title}</a>
                " since "
                <Time at=since />
                " "
                <Ago at=since />
                <p>{one.why}</p>
                {one.place.map(|place| view! { <p class="quiet-text small wrap">{place}</p> })}
            </div>
            <a class="button" href=href>"Look into it"</a>
        </li>
    }
}

#[component]
fn Trends(tenant: Tenant) -> impl IntoView {
    let of = move |window: fn(&monitor::Overview) -> monitor::Uptime| {
        Signal::derive(move || tenant.monitors.with(|monitors| together(monitors, window)))
    };
    let watched = Signal::derive(move || tenant.monitors.with(Vec::len).to_string());
    let open = move || {
        let all = tenant.incidents.get();
        all.iter()
            .filter(|one| one.resolved_at.is_none())
            .count()
            .to_string()
    };
    view! {
        <section aria-labelledby="trends">
            <h2 id="trends">"How it goes"</h2>
            <Figures figures=vec![
                ("Uptime, last 24 h", of(|one| one.uptime_24h)),
                ("Uptime, last 30 d", of(|one| one.uptime_30d)),
                ("Monitors", watched),
                ("Open incidents", Signal::derive(open)),
                ("Open alerts", Signal::derive(move || tenant.alerts.with(Vec::len).to_string())),
            ] />
        </section>
        <section aria-labelledby="all">
            <h2 id="all">"Monitors"</h2>
            <MonitorTable tenant filter=Signal::stored(String::new()) />
        </section>
    }
}

#[component]
fn Recently(tenant: Tenant) -> impl IntoView {
    let stories = move || {
        let told = tenant.incidents.get().into_iter().take(INCIDENTS_TOLD);
        told.map(|incident| view! { <IncidentStory incident /> })
            .collect_view()
    };
    let none = move || tenant.incidents.with(Vec::is_empty);
    view! {
        <section aria-labelledby="recently">
            <div class="row apart">
                <h2 id="recently">"Latest incidents"</h2>
                <a href=tenant.path("/incidents")>"All incidents"</a>
            </div>
            <Show when=none fallback=|| ()>
                <p class="quiet-text">"There were none."</p>
            </Show>
            {stories}
        </section>
    }
}

#[component]
fn FirstSteps(tenant: Tenant) -> impl IntoView {
    let command = Signal::derive(move || push(&tenant.ingress_url.get(), "$TOKEN"));
    view! {
        <div class="empty">
            <h2>"Nothing is watched yet"</h2>
            <p>"Start with the address your visitors depend on. The first result is here within a minute."</p>
            <p><a class="button primary" href=move || tenant.path("/monitors/new")>"Create a monitor"</a></p>
            <p>
                "Or push a metric, with a token from "
                <a href=move || tenant.path("/tokens")>"your tokens"</a> ":"
            </p>
            <Command text=command />
        </div>
    }
}
