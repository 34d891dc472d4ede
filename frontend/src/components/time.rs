//! Instants: UTC with the zone named on the server, the reader's zone as soon as a browser knows it.

use chrono::{DateTime, SecondsFormat, Utc};
use leptos::prelude::*;

use crate::components::clock::Clock;
use crate::view::figure::duration;
use crate::view::time::{Precision, instant};

/// An instant. Hydrated pages write it in the reader's zone themselves; elsewhere the page's script does by `data-time`.
#[component]
pub fn Time(
    #[prop(into)] at: Signal<DateTime<Utc>>,
    #[prop(optional)] precision: Precision,
) -> impl IntoView {
    let clock = Clock::of_page();
    view! {
        <time
            datetime=move || at.get().to_rfc3339_opts(SecondsFormat::Secs, true)
            data-time=precision.as_str()
        >
            {move || instant(at.get(), clock.offset_minutes(at.get()), precision)}
        </time>
    }
}

/// How long ago an instant was. Empty until the reader's clock is known: it would differ between server and browser.
#[component]
pub fn Ago(#[prop(into)] at: Signal<DateTime<Utc>>) -> impl IntoView {
    let clock = Clock::of_page();
    let words = move || {
        let now = clock.now()?;
        Some(format!("({})", duration((now - at.get()).num_seconds())))
    };
    view! { <span class="ago quiet-text">{words}</span> }
}
