//! A row of figures with their names.

use leptos::prelude::*;

/// Names and values, which may change while they are shown.
#[component]
pub fn Figures(figures: Vec<(&'static str, Signal<String>)>) -> impl IntoView {
    let figures = figures.into_iter().map(|(name, value)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    });
    view! { <dl class="facts card">{figures.collect_view()}</dl> }
}
