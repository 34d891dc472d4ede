//! Ninety days, one bar each. A day answers on hover, focus and tap without a script; with one, arrow keys move between days.

use contract::incident::Incident;
use contract::monitor::{Day, Uptime};
use leptos::prelude::*;

use crate::view::bars::{Bar, bar};

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
    let count = days.len();
    let bars = days.iter().enumerate().map(|(index, day)| {
        let bar = bar(day, &incidents);
        let tab = if index + 1 == count { "0" } else { "-1" };
        view! { <button type="button" class=class(&bar) tabindex=tab aria-label=bar.label></button> }
    });
    view! {
        <div class="bars">
            <div class="days" id=id role="group" aria-label=label>
                {bars.collect_view()}
            </div>
            <div class="legend-line">
                <span>{format!("{count} days ago")}</span>
                <span>{format!("{} uptime", uptime.percent())}</span>
                <span>"Today"</span>
            </div>
        </div>
    }
}

fn class(bar: &Bar) -> String {
    let state = bar.state.as_str();
    match bar.down_share {
        Some(share) => format!("day {state} part-{}", share.div_ceil(20) * 20),
        None => format!("day {state}"),
    }
}
