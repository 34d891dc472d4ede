//! A public status page. It is plain: complete without a script, and never hydrated.
//!
//! The page's script exchanges each `data-part` that changed when the stream at `data-live` tells of something new.

pub mod banner;
pub mod component;
pub mod door;
pub mod frame;
pub mod history;
pub mod planned;
pub mod response;

use std::sync::Arc;

use contract::id::MonitorId;
use contract::incident::Incident;
use contract::monitor::Uptime;
use contract::page::{Address, Chart, Group, View, Visibility, Wanted};
use contract::rpc;
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::api::{self, Error, Sight};
use crate::components::clock::Clock;
use crate::components::incident::IncidentStory;
use crate::components::problem::Refusal;
use banner::Banner;
use component::ComponentRow;
use door::Door;
use frame::{Foot, Head};
use planned::PlannedWork;
use response::ResponseTimes;

#[component]
pub fn StatusPage() -> impl IntoView {
    let at = address();
    let (wanted, preview) = wishes();
    // Neither a resource, which would be sent along with the page, nor a `Suspense`, which would ask three times.
    Suspend::new(async move {
        match see(at, wanted, preview).await {
            Ok(Sight {
                shown: Some(view),
                base,
                ..
            }) => EitherOf3::A(view! { <Page view base /> }),
            Ok(Sight { locked, base, .. }) => {
                EitherOf3::B(locked.map(|cover| view! { <Door cover base /> }))
            }
            Err(error) => EitherOf3::C(view! { <Nothing error /> }),
        }
    })
}

/// A component, and what it is called on the page.
type Named = (MonitorId, String);

/// The page as its visitors see it.
#[component]
pub fn Page(
    view: View,
    /// In front of all its paths.
    base: String,
) -> impl IntoView {
    let view = Arc::new(view);
    Clock::provide_zone(view.utc_offset_min);
    let live = (view.visibility != Visibility::Draft).then(|| format!("{base}/live"));
    let groups = view.groups.iter().enumerate().map(|(index, group)| {
        let part = format!("group-{index}");
        view! { <Components part group=group.clone() incidents=view.incidents.clone() /> }
    });
    let groups = groups.collect_view();
    let components: Vec<Named> = view
        .components()
        .map(|component| (component.monitor, component.name.clone()))
        .collect();
    view! {
        <div class="public" style=brand(&view)>
            <Head view=view.clone() base=base.clone() />
            <main id="main" tabindex="-1" data-live=live>
                <Banner view=view.clone() />
                {groups}
                <ResponseTimes
                    response=view.response.clone()
                    components=components.clone()
                    base=base.clone()
                />
                <PlannedWork planned=view.maintenances.clone() components />
                <Incidents incidents=view.incidents.clone() />
                {view
                    .demo
                    .then(|| {
                        view! {
                            <p class="note" data-part="demo">
                                "The history before today was generated for this demonstration. The checks of today are real."
                            </p>
                        }
                    })}
            </main>
            <Foot offset_minutes=view.utc_offset_min base />
        </div>
    }
}

/// The page's colour, as its style.
fn brand(view: &View) -> Option<String> {
    let color = view.color.as_ref();
    color.map(|color| format!("--brand: {color}"))
}

#[component]
fn Components(part: String, group: Group, incidents: Vec<Incident>) -> impl IntoView {
    let together: Uptime = group.components.iter().map(|one| one.uptime_90d).sum();
    let heading = match group.name {
        Some(name) => Either::Left(view! {
            <div class="row apart">
                <h2>{name}</h2>
                <span class="quiet-text">{together.percent()}</span>
            </div>
        }),
        None => Either::Right(view! { <h2 class="visually-hidden">"Components"</h2> }),
    };
    let rows = group.components.into_iter().map(|component| {
        let of_it = |incident: &&Incident| incident.monitor == Some(component.monitor);
        let incidents = incidents.iter().filter(of_it).cloned().collect();
        view! { <ComponentRow component incidents /> }
    });
    view! {
        <section class="card" data-part=part>
            {heading}
            {rows.collect_view()}
        </section>
    }
}

#[component]
fn Incidents(incidents: Vec<Incident>) -> impl IntoView {
    let stories = if incidents.is_empty() {
        Either::Left(view! { <p class="quiet-text">"None in the last 14 days."</p> })
    } else {
        let stories = incidents
            .into_iter()
            .map(|incident| view! { <IncidentStory incident /> });
        Either::Right(stories.collect_view())
    };
    view! {
        <section data-part="incidents">
            <h2>"Incidents"</h2>
            {stories}
        </section>
    }
}

/// A page that cannot be shown.
#[component]
fn Nothing(error: Error) -> impl IntoView {
    view! {
        <div class="public">
            <Title text="Status" />
            <main id="main" tabindex="-1">
                <h1>"Status"</h1>
                <Refusal error />
            </main>
        </div>
    }
}

/// The page that the path names; `None` for what cannot be a name.
fn address() -> Option<Address> {
    use_params_map().with_untracked(|params| {
        let tenant = params.get("tenant")?.parse().ok()?;
        let page = params.get("page").map(|page| page.parse()).transpose();
        Some(Address {
            tenant,
            page: page.ok()?,
        })
    })
}

/// The chart that the query names, and whether a member looks at a draft.
fn wishes() -> (Wanted, bool) {
    use_query_map().with_untracked(|query| {
        let wanted = Wanted {
            component: query.get("component").and_then(|id| id.parse().ok()),
            span: query
                .get("range")
                .map_or(Chart::Day, |name| Chart::named(&name)),
        };
        (wanted, query.get("preview").is_some())
    })
}

async fn see(at: Option<Address>, wanted: Wanted, preview: bool) -> Result<Sight, Error> {
    let at = at.ok_or_else(|| Error::Refused(rpc::Error::not_found("page")))?;
    api::status_page(at, wanted, preview).await
}
