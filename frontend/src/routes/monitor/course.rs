//! How it went over a range of time: the checks of each region, and how long they took.

use std::time::Duration;

use chrono::SecondsFormat;
use contract::id::MonitorId;
use contract::live;
use contract::monitor::ResponseTimes;
use contract::rpc;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::latency::Latency;
use crate::api::monitors::Detail;
use crate::api::{self, Error};
use crate::components::clock;
use crate::components::live::within;
use crate::components::problem::Refusal;
use crate::components::ranges::Ranges;
use crate::components::skeleton::Skeleton;
use crate::components::timeline::Timeline;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::period::{self, Period};
use crate::view::time::at_ms;
use crate::view::timeline;

/// Steps are minutes or longer: what comes in meanwhile can wait this long to be seen.
const FRESH: Duration = Duration::from_secs(10);
const USUAL: &str = "24h";

/// The times of a range, with the range.
#[derive(Clone, Serialize, Deserialize)]
pub struct Read {
    pub from_ms: i64,
    pub to_ms: i64,
    pub times: ResponseTimes,
}

#[component]
pub fn Course(tenant: Tenant, id: MonitorId, detail: RwSignal<Detail>) -> impl IntoView {
    let query = use_query_map();
    let asked = move |name: &str| query.with(|query| query.get(name));
    let period = Memo::new(move |_| period::named(asked("range").as_deref().unwrap_or(USUAL)));
    let region = Memo::new(move |_| asked("region").filter(|region| !region.is_empty()));
    let version = RwSignal::new(0_u32);
    let times = Resource::new(
        move || (tenant.slug.get(), period.get(), version.get()),
        move |(slug, period, _)| read(slug, id, period),
    );
    follow(tenant, id, version);
    let here = move |period: Period, region: Option<&str>| {
        let region = region.map(|region| format!("&region={region}"));
        let path = format!("/monitors/{id}?range={}", period.name);
        tenant.path(&(path + &region.unwrap_or_default()))
    };
    let to_range = move |period| here(period, region.get().as_deref());
    let to_region = move |region: Option<&str>| here(period.get(), region);
    let to_checks = move |before_ms| {
        let before = at_ms(before_ms).to_rfc3339_opts(SecondsFormat::Millis, true);
        let here = here(period.get(), region.get().as_deref());
        format!("{here}&before={before}#results")
    };
    let votes = Signal::derive(move || detail.with(|one| one.overview.status.votes.clone()));
    view! {
        <section aria-labelledby="course">
            <div class="row apart">
                <h2 id="course">"How it went"</h2>
                <Ranges chosen=period to=to_range />
            </div>
            <Transition fallback=|| view! { <Skeleton rows=14 /> }>
                {move || Suspend::new(async move {
                    match times.await {
                        Ok(read) => {
                            let rows = timeline::rows(&read.times, read.from_ms, read.to_ms);
                            Either::Left(view! {
                                <div class="card stack">
                                    {rows.is_empty().then(|| view! { <p class="quiet-text">"Nobody looked in this range."</p> })}
                                    <Timeline rows votes />
                                </div>
                                <Latency read region detail to_region to_checks />
                            })
                        }
                        Err(error) => Either::Right(view! { <Refusal error /> }),
                    }
                })}
            </Transition>
        </section>
    }
}

/// Reads again a while after a check, and after a lost connection.
fn follow(tenant: Tenant, id: MonitorId, version: RwSignal<u32>) {
    let again = move || {
        version.try_update(|version| *version += 1);
    };
    let later = within(FRESH, again);
    let known = tenant.live.missed_untracked();
    tenant.live.listen(move |update| {
        if matches!(update, live::Update::Monitor(update) if update.monitor == id) {
            later();
        }
    });
    Effect::new(move |_| {
        if tenant.live.missed() > known {
            later();
        }
    });
}

async fn read(slug: String, id: MonitorId, period: Period) -> Result<Read, Error> {
    let unknown = |_| Error::Refused(rpc::Error::not_found("monitor"));
    let to_ms = clock::now().timestamp_millis();
    let from_ms = to_ms - period.length_ms;
    Ok(Read {
        from_ms,
        to_ms,
        times: api::timings(slug.parse().map_err(unknown)?, id, from_ms, to_ms).await?,
    })
}
