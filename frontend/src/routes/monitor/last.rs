//! The last check as a waterfall.

use contract::probe::Finished;
use leptos::prelude::*;

use crate::components::time::Time;
use crate::components::trace_link::TraceLink;
use crate::components::waterfall::Waterfall;
use crate::view::history::words;
use crate::view::time::Precision;

#[component]
pub fn LastCheck(results: Signal<Vec<Finished>>) -> impl IntoView {
    let last = move || {
        let result = results.with(|results| results.first().cloned())?;
        Some(view! { <Shown result /> })
    };
    view! {
        <section aria-labelledby="last">
            <h2 id="last">"The last check"</h2>
            {last}
            <Show when=move || results.with(Vec::is_empty) fallback=|| ()>
                <p class="quiet-text">"There was none yet. The first one is due within its interval."</p>
            </Show>
        </section>
    }
}

#[component]
fn Shown(result: Finished) -> impl IntoView {
    let timings = result.timings;
    let hops = result.hops.len();
    view! {
        <div class="card stack">
            <p>
                {words(&result)} ", from " {result.region.to_string()} " at "
                <Time at=result.tick_at precision=Precision::Second />
                {result.simulated.then_some(" (the region's distance is simulated)")}
                {(hops > 1).then(|| format!(" ({} redirects, the phases are those of all together)", hops - 1))}
                " " <TraceLink trace=result.trace of="the last check" />
            </p>
            <Waterfall timings />
        </div>
    }
}
