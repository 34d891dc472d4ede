//! A range of time to look at, as links: the address is the state.

use leptos::prelude::*;

use crate::view::period::{PERIODS, Period};

#[component]
pub fn Ranges(
    #[prop(into)] chosen: Signal<Period>,
    /// Where a range leads to.
    to: impl Fn(Period) -> String + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let links = PERIODS.map(|period| {
        let current = move || (chosen.get() == period).then_some("true");
        view! {
            <a href=move || to(period) data-noscroll="" aria-current=current title=period.label>
                {period.name}
            </a>
        }
    });
    view! { <nav class="ranges" aria-label="Range">{links.into_iter().collect_view()}</nav> }
}
