//! A check as a waterfall of its phases.

use contract::probe::Timings;
use leptos::prelude::*;

use crate::view::figure::milliseconds;
use crate::view::waterfall::{Phase, phases, whole_ms};

#[component]
pub fn Waterfall(timings: Timings) -> impl IntoView {
    let phases = phases(&timings);
    let whole = whole_ms(&phases);
    let rows = phases.into_iter().map(|phase| row(phase, whole));
    view! { <ol class="waterfall">{rows.collect_view()}</ol> }
}

fn row(phase: Phase, whole: f64) -> impl IntoView {
    let (from, share) = phase.shares(whole);
    view! {
        <li class=phase.name>
            <span class="swatch-label"><i class="swatch"></i>{phase.label()}</span>
            <svg class="track" aria-hidden="true">
                <rect x=format!("{from:.2}%") width=format!("{share:.2}%") height="100%" rx="2" />
            </svg>
            <b>{milliseconds(phase.takes_ms)}</b>
        </li>
    }
}
