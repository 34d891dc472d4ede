//! The present state with its reason.

use contract::monitor::Overview;
use leptos::prelude::*;

use crate::components::state::StateBadge;
use crate::components::time::{Ago, Time};
use crate::view::state::sentence;

#[component]
pub fn Present(overview: Signal<Overview>) -> impl IntoView {
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
