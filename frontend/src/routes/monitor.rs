//! One monitor: how it is by region, how fast, where the time goes, and what the last checks found.

pub mod certificate;
pub mod course;
pub mod delete;
pub mod edit;
pub mod head;
pub mod last;
pub mod latency;
pub mod phases;
pub mod ping;
pub mod present;
pub mod results;
pub mod uptime;

use contract::live::Update;
use contract::rpc::{self, Role};
use leptos::either::Either;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::api::monitors::Detail;
use crate::api::{self, Error};
use crate::components::problem::Refusal;
use crate::components::skeleton::Skeleton;
use crate::routes::dashboard::tenant::Tenant;

#[component]
pub fn Monitor() -> impl IntoView {
    let tenant = Tenant::of_page();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    let detail = Resource::new(move || (tenant.slug.get(), id.get()), read);
    view! {
        <Transition fallback=|| view! { <Skeleton rows=16 /> }>
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
    let id = detail.overview.monitor.id;
    let demo = detail.overview.demo;
    let detail = RwSignal::new(detail);
    follow(tenant, detail);
    let overview = Signal::derive(move || detail.with(|detail| detail.overview.clone()));
    let results = Signal::derive(move || detail.with(|detail| detail.results.clone()));
    let summary = Signal::derive(move || detail.with(|detail| detail.summary.clone()));
    view! {
        <head::Head tenant detail />
        <present::Present overview />
        <ping::Ping tenant overview />
        <uptime::Numbers summary />
        <course::Course tenant id detail />
        <last::LastCheck results />
        <phases::Phases summary />
        <certificate::CertificateFacts results />
        <results::Results tenant id results />
        {demo.then(|| view! { <p class="note">"The history of this monitor before today was generated for demonstration."</p> })}
        <Show when=move || tenant.may(Role::Editor) fallback=|| ()>
            <delete::DeleteMonitor tenant id />
        </Show>
    }
}

/// Reads the monitor again soon after something happened to it, and after a lost connection.
fn follow(tenant: Tenant, detail: RwSignal<Detail>) {
    let monitor = detail.with_untracked(|detail| detail.overview.monitor.id);
    let again = move || {
        let slug = tenant.slug.get_untracked();
        spawn_local(async move {
            // What is shown stays; the next update tries again.
            if let Ok(fresh) = read((slug, monitor.to_string())).await {
                detail.try_set(fresh);
            }
        });
    };
    tenant.live.keep_fresh(
        move |update| matches!(update, Update::Monitor(update) if update.monitor == monitor),
        again,
    );
}

async fn read((slug, id): (String, String)) -> Result<Detail, Error> {
    let unknown = |_| Error::Refused(rpc::Error::not_found("monitor"));
    api::monitor(slug.parse().map_err(unknown)?, id.parse().map_err(unknown)?).await
}
