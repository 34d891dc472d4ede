//! The tenant's incidents, open ones first.

use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::incident::IncidentStory;
use crate::components::problem::Refusal;
use crate::routes::dashboard::tenant::Tenant;

#[component]
pub fn Incidents() -> impl IntoView {
    let tenant = Tenant::of_page();
    view! {
        <Title text="Incidents" />
        <header class="row apart">
            <h1>"Incidents"</h1>
        </header>
        <Transition fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
            {move || Suspend::new(async move {
                match tenant.ready().await {
                    Ok(()) => Either::Left(view! { <Stories tenant /> }),
                    Err(error) => Either::Right(view! { <Refusal error /> }),
                }
            })}
        </Transition>
    }
}

#[component]
fn Stories(tenant: Tenant) -> impl IntoView {
    let group = move |open: bool| {
        let all = tenant.incidents.get().into_iter();
        let chosen: Vec<_> = all
            .filter(|one| one.resolved_at.is_none() == open)
            .collect();
        if chosen.is_empty() {
            let none = if open {
                "Nothing is open."
            } else {
                "Nothing was resolved lately."
            };
            return Either::Left(view! { <p class="quiet-text">{none}</p> });
        }
        let stories = chosen
            .into_iter()
            .map(|incident| view! { <IncidentStory incident /> });
        Either::Right(stories.collect_view())
    };
    view! {
        <section aria-labelledby="open">
            <h2 id="open">"Open"</h2>
            {move || group(true)}
        </section>
        <section aria-labelledby="past">
            <h2 id="past">"Resolved"</h2>
            {move || group(false)}
        </section>
    }
}
