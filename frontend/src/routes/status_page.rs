//! A tenant's public status page. It is plain: complete without a script, and never hydrated.
//!
//! The page's script exchanges each `data-part` that changed when the stream at `data-live` tells of something new.

pub mod banner;
pub mod component;
pub mod response;

use contract::id::Slug;
use contract::incident::Incident;
use contract::monitor::Uptime;
use contract::page::{Group, View};
use contract::rpc;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use leptos_router::hooks::use_params_map;

use crate::api::{self, Error};
use crate::components::icon::Mark;
use crate::components::incident::IncidentStory;
use crate::components::problem::Refusal;
use crate::components::theme::ThemeSwitch;
use banner::Banner;
use component::ComponentRow;
use response::ResponseTimes;

#[component]
pub fn StatusPage() -> impl IntoView {
    let tenant = use_params_map()
        .with_untracked(|params| params.get("tenant"))
        .unwrap_or_default();
    // No resource: what it was made from would be sent along with the page.
    let view = move || {
        let tenant = tenant.clone();
        Suspend::new(async move {
            match read(&tenant).await {
                Ok(view) => Either::Left(view! { <Page view /> }),
                Err(error) => Either::Right(view! {
                    <Title text="Status" />
                    <main id="main" tabindex="-1">
                        <h1>"Status"</h1>
                        <Refusal error />
                    </main>
                }),
            }
        })
    };
    view! {
        <div class="public">
            <Suspense fallback=|| ()>{view}</Suspense>
        </div>
    }
}

/// The page as its visitors see it.
#[component]
pub fn Page(view: View) -> impl IntoView {
    let live = format!("/t/{}/live", view.slug);
    let groups = view.groups.iter().enumerate().map(|(index, group)| {
        let part = format!("group-{index}");
        view! { <Components part group=group.clone() incidents=view.incidents.clone() /> }
    });
    let groups = groups.collect_view();
    view! {
        <Title text=format!("{} status", view.title) />
        <Meta name="description" content=format!("How {} does now, its uptime of the last 90 days, and its incidents.", view.title) />
        <header>
            <h1 class="row">
                <Mark />
                {view.title.clone()}
            </h1>
            <ThemeSwitch />
        </header>
        <main id="main" tabindex="-1" data-live=live>
            <Banner view=view.clone() />
            {groups}
            <ResponseTimes groups=view.groups />
            <Incidents incidents=view.incidents />
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
        <footer>
            <p>"Times are given in " <span data-zone>"UTC"</span> ". Days are counted in UTC."</p>
            <p>"A page of Overseer."</p>
        </footer>
    }
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

async fn read(tenant: &str) -> Result<View, Error> {
    let slug: Slug = tenant
        .parse()
        .map_err(|_| Error::Refused(rpc::Error::not_found("page")))?;
    api::status_page(slug).await
}
