//! One monitor: how it is by region, how fast, where the time goes, and what the last checks found.

pub mod delete;
pub mod latency;
pub mod results;

use contract::live;
use contract::monitor::Overview;
use contract::probe::Finished;
use contract::rpc::{self, Role};
use leptos::either::Either;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::api::monitors::Detail;
use crate::api::{self, Error};
use crate::components::checks::RegionRows;
use crate::components::figures::Figures;
use crate::components::live::soon;
use crate::components::problem::Refusal;
use crate::components::state::StateBadge;
use crate::components::time::{Ago, Time};
use crate::components::waterfall::Waterfall;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::check::what;
use crate::view::figure::{duration, milliseconds};
use crate::view::history::words;
use crate::view::state::sentence;
use crate::view::time::Precision;

#[component]
pub fn Monitor() -> impl IntoView {
    let tenant = Tenant::of_page();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    let detail = Resource::new(move || (tenant.slug.get(), id.get()), read);
    view! {
        <Transition fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
            {move || Suspend::new(async move {
                let known = tenant.ready().await;
                match detail.await.and_then(|detail| known.map(|()| detail)) {
                    Ok(detail) => Either::Left(view! { <Shown tenant detail /> }),
                    Err(error) => Either::Right(view! {
                        <Title text="Monitor" />
                        <h1>"Monitor"</h1>
                        <Refusal error />
                    }),
                }
            })}
        </Transition>
    }
}

#[component]
fn Shown(tenant: Tenant, detail: Detail) -> impl IntoView {
    let spec = detail.overview.monitor.spec.clone();
    let name = spec.name.clone();
    let regions = spec.regions.len();
    let every = duration(i64::from(spec.check.interval_s));
    let id = detail.overview.monitor.id;
    let demo = detail.overview.demo;
    let detail = RwSignal::new(detail);
    follow(tenant, detail);
    let overview = Signal::derive(move || detail.with(|detail| detail.overview.clone()));
    let results = Signal::derive(move || detail.with(|detail| detail.results.clone()));
    let votes = Signal::derive(move || overview.with(|one| one.status.votes.clone()));
    view! {
        <Title text=name.clone() />
        <header>
            <p class="small"><a href=tenant.path("/monitors")>"Monitors"</a></p>
            <h1>{name}</h1>
            <p class="quiet-text wrap">
                {format!("{}, every {every} from {}", what(&spec.check), crate::view::figure::count(regions, "region"))}
            </p>
        </header>
        <Present overview />
        <Numbers detail />
        <section aria-labelledby="regions">
            <h2 id="regions">"By region"</h2>
            <div class="card"><RegionRows results votes /></div>
        </section>
        <section aria-labelledby="latency">
            <h2 id="latency">"Response time"</h2>
            <latency::Latency results />
        </section>
        <section aria-labelledby="last">
            <h2 id="last">"The last check"</h2>
            {move || results.with(|results| results.first().cloned()).map(|result| view! { <LastCheck result /> })}
        </section>
        <section aria-labelledby="results">
            <h2 id="results">"Recent results"</h2>
            <results::Results results />
        </section>
        {demo.then(|| view! { <p class="note">"The history of this monitor before today was generated for demonstration."</p> })}
        <Show when=move || tenant.may(Role::Editor) fallback=|| ()>
            <delete::DeleteMonitor tenant id />
        </Show>
    }
}

/// The present state with its reason.
#[component]
fn Present(overview: Signal<Overview>) -> impl IntoView {
    let state = Signal::derive(move || overview.with(|one| one.status.state));
    let since = Signal::derive(move || overview.with(|one| one.status.since));
    let why = move || {
        overview
            .with(|one| sentence(&one.status))
            .map(|why| view! { <p>{why}</p> })
    };
    view! {
        <div class=move || format!("card standing {}", state.get().as_str())>
            <p class="row">
                <StateBadge state />
                <span>"since " <Time at=since /></span>
                <Ago at=since />
            </p>
            {why}
        </div>
    }
}

#[component]
fn Numbers(detail: RwSignal<Detail>) -> impl IntoView {
    let of = move |read: fn(&Detail) -> String| Signal::derive(move || detail.with(read));
    view! {
        <section aria-label="In numbers">
            <Figures figures=vec![
                ("Uptime, last 24 h", of(|one| one.overview.uptime_24h.percent())),
                ("Uptime, last 30 d", of(|one| one.overview.uptime_30d.percent())),
                ("Median, last 24 h", of(|one| quantile(one, "p50"))),
                ("95 % below, last 24 h", of(|one| quantile(one, "p95"))),
                ("Successes, last 24 h", of(|one| one.summary.success_24h.to_string())),
                ("Failures, last 24 h", of(|one| one.summary.failure_24h.to_string())),
            ] />
        </section>
    }
}

#[component]
fn LastCheck(result: Finished) -> impl IntoView {
    let timings = result.timings;
    view! {
        <div class="card stack">
            <p>
                {words(&result)} ", from " {result.region.to_string()} " at "
                <Time at=result.tick_at precision=Precision::Second />
                {result.simulated.then_some(" (the region's distance is simulated)")}
            </p>
            <Waterfall timings />
        </div>
    }
}

fn quantile(detail: &Detail, name: &str) -> String {
    let value = detail.summary.percentiles_ms.get(name).copied();
    value.map_or_else(|| "n/a".to_owned(), milliseconds)
}

/// Reads the monitor again soon after something happened to it, and after a lost connection.
fn follow(tenant: Tenant, detail: RwSignal<Detail>) {
    let monitor = detail.with_untracked(|detail| detail.overview.monitor.id);
    let again = move || {
        let slug = tenant.slug.get_untracked();
        spawn_local(async move {
            if let Ok(fresh) = read((slug, monitor.to_string())).await {
                detail.try_set(fresh);
            }
        });
    };
    let hurry = soon(again);
    tenant.live.listen(move |update: &live::Update| {
        let ours = matches!(update, live::Update::Monitor(update) if update.monitor == monitor);
        if ours {
            hurry();
        }
    });
    Effect::new(move |_| {
        if tenant.live.missed() > 0 {
            again();
        }
    });
}

async fn read((slug, id): (String, String)) -> Result<Detail, Error> {
    let unknown = |_| Error::Refused(rpc::Error::not_found("monitor"));
    api::monitor(slug.parse().map_err(unknown)?, id.parse().map_err(unknown)?).await
}
