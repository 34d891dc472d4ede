//! How much of the time it was up, how well that is known, and how many checks succeeded.

use contract::monitor::Summary;
use leptos::prelude::*;

use crate::components::figures::Figures;
use crate::view::figure::{milliseconds, percent};

const WINDOWS: [(&str, &str); 5] = [
    ("24h", "24 hours"),
    ("7d", "7 days"),
    ("30d", "30 days"),
    ("90d", "90 days"),
    ("365d", "365 days"),
];

#[component]
pub fn Numbers(summary: Signal<Summary>) -> impl IntoView {
    let of = move |read: fn(&Summary) -> String| Signal::derive(move || summary.with(read));
    view! {
        <section aria-label="In numbers">
            <Figures figures=vec![
                ("Median, last 24 h", of(|one| quantile(one, "p50"))),
                ("95 % below, last 24 h", of(|one| quantile(one, "p95"))),
                ("99 % below, last 24 h", of(|one| quantile(one, "p99"))),
                ("Successes, last 24 h", of(|one| one.success_24h.to_string())),
                ("Failures, last 24 h", of(|one| one.failure_24h.to_string())),
            ] />
        </section>
        <section aria-labelledby="uptime">
            <h2 id="uptime">"Uptime"</h2>
            <div class="table" tabindex="0" role="group" aria-labelledby="uptime">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Last"</th>
                            {WINDOWS.map(|(_, words)| view! { <th scope="col" class="number">{words}</th> }).into_iter().collect_view()}
                        </tr>
                    </thead>
                    <tbody>
                        {row(summary, "Up", |summary, window| share(summary.uptime.get(window)))}
                        {row(summary, "Checks that succeeded", |summary, window| share(summary.uptime_requests.get(window)))}
                        {row(summary, "Watched", |summary, window| share(summary.coverage_by_window.get(window)))}
                    </tbody>
                </table>
            </div>
        </section>
    }
}

fn row(
    summary: Signal<Summary>,
    name: &'static str,
    of: fn(&Summary, &str) -> String,
) -> impl IntoView {
    let cells = WINDOWS.map(|(window, _)| {
        view! { <td class="number">{move || summary.with(|summary| of(summary, window))}</td> }
    });
    view! {
        <tr>
            <th scope="row">{name}</th>
            {cells.into_iter().collect_view()}
        </tr>
    }
}

fn share(ratio: Option<&Option<f64>>) -> String {
    let ratio = ratio.copied().flatten();
    ratio.map_or_else(|| "n/a".to_owned(), percent)
}

fn quantile(summary: &Summary, name: &str) -> String {
    let value = summary.percentiles_ms.get(name).copied();
    value.map_or_else(|| "n/a".to_owned(), milliseconds)
}
