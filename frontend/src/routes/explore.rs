//! Exploring metrics. The URL is the state: a view can be shared, and the form works without a script.

pub mod chips;
pub mod found;
pub mod graph;
pub mod picker;

use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::components::command::Command;
use crate::components::problem::Refusal;
use crate::components::skeleton::Skeleton;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::command::push;
use crate::view::explore::Selection;
use chips::Chips;
use found::{Found, find};
use graph::Graph;
use picker::Picker;

#[component]
pub fn Explore() -> impl IntoView {
    let tenant = Tenant::of_page();
    let query = use_query_map();
    let selection = Memo::new(move |_| query.with(|query| Selection::read(|name| query.get(name))));
    let found = Resource::new(
        move || (tenant.slug.get(), selection.get()),
        |(slug, selection)| find(slug, selection),
    );
    view! {
        <Title text="Explore" />
        <header class="row apart">
            <h1>"Explore"</h1>
        </header>
        <Transition fallback=|| view! { <Skeleton rows=16 /> }>
            {move || Suspend::new(async move {
                let known = tenant.ready().await;
                match found.await.and_then(|found| known.map(|()| found)) {
                    Ok(found) if found.metrics.is_empty() => {
                        EitherOf3::A(view! { <NothingYet tenant /> })
                    }
                    Ok(found) => EitherOf3::B(view! { <Shown tenant found /> }),
                    Err(error) => EitherOf3::C(view! { <Refusal error /> }),
                }
            })}
        </Transition>
    }
}

#[component]
fn Shown(tenant: Tenant, found: Found) -> impl IntoView {
    view! {
        <Picker action=tenant.path("/explore") found=found.clone() />
        <Chips tenant found=found.clone() />
        <Graph tenant found />
    }
}

#[component]
fn NothingYet(tenant: Tenant) -> impl IntoView {
    let command = Signal::derive(move || push(&tenant.ingress_url.get(), "$TOKEN"));
    view! {
        <div class="empty">
            <h2>"No metric has arrived yet"</h2>
            <p>
                "Push one with a token from " <a href=tenant.path("/tokens")>"your tokens"</a>
                ". It is here within a second. Or "
                <a href=tenant.path("/hosts")>"add a host"</a> ", whose agent tells how it does every second."
            </p>
            <Command text=command />
        </div>
    }
}
