//! Ninety days, one bar each. A day answers on hover, focus and tap without a script; with one, arrow keys move between days.

use contract::incident::Incident;
use contract::monitor::{Day, Uptime};
use leptos::prelude::*;

use crate::view::bars::buttons;

#[component]
pub fn DayBars(
    /// Names the row in the document, so that focus survives a refresh.
    id: String,
    /// What the bars are of, for people who do not see them.
    label: String,
    days: Vec<Day>,
    uptime: Uptime,
    /// Those of the same monitor.
    incidents: Vec<Incident>,
) -> impl IntoView {
    view! {
        <div class="bars">
            <div
                class="days"
                id=id
                role="group"
                aria-label=label
                inner_html=buttons(&days, &incidents)
            ></div>
            <div class="legend-line">
                <span>{format!("{} days ago", days.len())}</span>
                <span>{format!("{} uptime", uptime.percent())}</span>
                <span>"Today"</span>
            </div>
        </div>
    }
}
