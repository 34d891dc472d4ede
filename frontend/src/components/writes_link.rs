//! "Show the traces": from a point of a chart to what wrote it.

use chrono::TimeDelta;
use leptos::prelude::*;

use crate::components::clock::Clock;
use crate::components::time::Time;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::plot::Plot;
use crate::view::time::{Precision, at_ms};
use crate::view::writes;

/// What the services say of themselves is kept for so long.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// The way to the pushes around a point: the one that was picked, or the last. A search is for a tenant's own traces, so it is
/// there for members of the tenant `overseer` alone.
#[component]
pub fn WritesLink(
    tenant: Tenant,
    #[prop(into)] plot: Signal<Plot>,
    /// In Unix milliseconds.
    #[prop(into)]
    picked: Signal<Option<i64>>,
) -> impl IntoView {
    let clock = Clock::of_page();
    let at = Memo::new(move |_| {
        let last = || plot.with(Plot::last_ms);
        picked.get().or_else(last)
    });
    move || {
        let at = at.get()?;
        tenant.own_place()?;
        let here = tenant.place()?.tenant;
        let is_kept = clock.now().is_none_or(|now| at_ms(at) > now - KEPT);
        let step_ms = plot.with(Plot::step_ms);
        let href = tenant.traces(&writes::query(here, at, step_ms));
        is_kept.then(|| {
            view! {
                <p class="small">
                    "Written around " <Time at=at_ms(at) precision=Precision::Second /> ": "
                    <a class="trace-link" href=href rel="external">"Show the traces"</a>
                    <span class="quiet-text scripted">" (click on the chart for another point)"</span>
                </p>
            }
        })
    }
}
