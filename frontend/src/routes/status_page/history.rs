//! What happened on a page longer ago, month by month.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use contract::id::IncidentId;
use contract::page::{Address, View, Wanted};
use contract::rpc;
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::door::Door;
use super::frame::{Foot, Head, home};
use super::{Nothing, address, brand};
use crate::api::{self, Error, Past, Sight};
use crate::components::clock::{self, Clock};
use crate::components::incident::IncidentStory;
use crate::view::months::by_month;

#[component]
pub fn StatusHistory() -> impl IntoView {
    let at = address();
    let (before, behind) = use_query_map().with_untracked(|query| {
        (
            query.get("before").and_then(|text| text.parse().ok()),
            query.get("behind").and_then(|text| text.parse().ok()),
        )
    });
    Suspend::new(async move {
        match see(at, before, behind).await {
            Ok((
                Sight {
                    shown: Some(view),
                    base,
                    ..
                },
                past,
            )) => EitherOf3::A(view! { <History view past base /> }),
            Ok((Sight { locked, base, .. }, _)) => {
                EitherOf3::B(locked.map(|cover| view! { <Door cover base /> }))
            }
            Err(error) => EitherOf3::C(view! { <Nothing error /> }),
        }
    })
}

#[component]
fn History(view: View, past: Past, base: String) -> impl IntoView {
    let view = Arc::new(view);
    let offset_minutes = view.utc_offset_min;
    Clock::provide_zone(offset_minutes);
    let last = past.incidents.last().filter(|_| past.more);
    let older = last.map(|last| {
        let at = last.started_at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let href = format!("{base}/history?before={at}&behind={}", last.id);
        view! { <p><a href=href>"Older incidents"</a></p> }
    });
    let months = by_month(past.incidents, offset_minutes);
    let told = if months.is_empty() {
        Either::Left(view! { <p class="quiet-text">"No incident is known."</p> })
    } else {
        let months = months.into_iter().map(|(month, incidents)| {
            let stories = incidents
                .into_iter()
                .map(|incident| view! { <IncidentStory incident /> });
            view! {
                <section>
                    <h2>{month}</h2>
                    {stories.collect_view()}
                </section>
            }
        });
        Either::Right(months.collect_view())
    };
    let brand = brand(&view);
    view! {
        <div class="public" style=brand>
            <Head view base=base.clone() />
            <main id="main" tabindex="-1">
                <p><a href=home(&base)>"Back to the present"</a></p>
                {told}
                {older}
            </main>
            <Foot offset_minutes base />
        </div>
    }
}

async fn see(
    at: Option<Address>,
    before: Option<DateTime<Utc>>,
    behind: Option<IncidentId>,
) -> Result<(Sight, Past), Error> {
    let at = at.ok_or_else(|| Error::Refused(rpc::Error::not_found("page")))?;
    let sight = api::status_page(at.clone(), Wanted::default(), false).await?;
    let past = if sight.shown.is_some() {
        api::status_page_history(at, before.unwrap_or_else(clock::now), behind).await?
    } else {
        Past {
            incidents: Vec::new(),
            more: false,
        }
    };
    Ok((sight, past))
}
