//! Results of a monitor, newest first, a page at a time. The address says which page, so it works without a script.

use chrono::{DateTime, SecondsFormat, Utc};
use contract::id::{MonitorId, Region};
use contract::monitor::Before;
use contract::probe::Finished;
use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api;
use crate::components::problem::Refusal;
use crate::components::skeleton::Skeleton;
use crate::components::state::StateBadge;
use crate::components::time::Time;
use crate::components::trace_link::TraceLink;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::figure::milliseconds;
use crate::view::history::words;
use crate::view::state::{capitalised, outcome_state};
use crate::view::time::Precision;

/// More than anybody reads at once.
const SHOWN: usize = 20;

#[component]
pub fn Results(tenant: Tenant, id: MonitorId, results: Signal<Vec<Finished>>) -> impl IntoView {
    let query = use_query_map();
    let before = Memo::new(move |_| {
        query.with(|query| {
            let region = query.get("region").and_then(|region| region.parse().ok());
            Some(place(query.get("before")?.parse().ok()?, region))
        })
    });
    let older = Resource::new(
        move || before.get(),
        move |before| async move {
            match before {
                Some(_) => api::results(tenant.id()?, id, None, before).await.map(Some),
                None => Ok(None),
            }
        },
    );
    view! {
        <section aria-labelledby="results">
            <h2 id="results">"Results"</h2>
            <Transition fallback=|| view! { <Skeleton rows=SHOWN /> }>
                {move || Suspend::new(async move {
                    match older.await {
                        Ok(None) => EitherOf3::A(view! { <Page tenant id results /> }),
                        Ok(Some(older)) => EitherOf3::B(view! { <Page tenant id results=Signal::stored(older) is_older=true /> }),
                        Err(error) => EitherOf3::C(view! { <Refusal error /> }),
                    }
                })}
            </Transition>
        </section>
    }
}

#[component]
fn Page(
    tenant: Tenant,
    id: MonitorId,
    results: Signal<Vec<Finished>>,
    #[prop(optional)] is_older: bool,
) -> impl IntoView {
    let shown = move || results.get().into_iter().take(SHOWN);
    let rows = move || shown().map(row).collect_view();
    let here = tenant.path(&format!("/monitors/{id}"));
    let next = {
        let here = here.clone();
        move || {
            let more = results.with(Vec::len) > SHOWN;
            let last = shown().next_back().filter(|_| more)?;
            let before = last.tick_at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
            let region = last.region;
            let href = format!("{here}?before={before}&region={region}#results");
            Some(view! { <a href=href data-noscroll="">"Older"</a> })
        }
    };
    view! {
        <div class="table" tabindex="0" role="group" aria-label="Results">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Due"</th>
                        <th scope="col">"Region"</th>
                        <th scope="col">"Outcome"</th>
                        <th scope="col" class="number">"Total"</th>
                        <th scope="col">"What came back"</th>
                        <th scope="col">"How"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <nav class="row pager" aria-label="Pages of results">
            {is_older.then(|| view! { <a href=format!("{here}#results") data-noscroll="">"Newest"</a> })}
            {next}
        </nav>
    }
}

/// Behind the result of a region, or, where none is named, behind all of the tick.
fn place(tick_at: DateTime<Utc>, region: Option<Region>) -> Before {
    match region {
        Some(region) => Before::Result { tick_at, region },
        None => Before::Tick(tick_at),
    }
}

fn row(result: Finished) -> impl IntoView {
    let total = result.timings.total_time_ms.map(milliseconds);
    let word = capitalised(result.outcome.as_str());
    let of = format!("the check from {}", result.region);
    view! {
        <tr>
            <td class="nowrap"><Time at=result.tick_at precision=Precision::Second /></td>
            <td class="nowrap">{result.region.to_string()}</td>
            <td><StateBadge state=outcome_state(result.outcome) word /></td>
            <td class="number">{total}</td>
            <td>{words(&result)}</td>
            <td class="nowrap"><TraceLink trace=result.trace of /></td>
        </tr>
    }
}
