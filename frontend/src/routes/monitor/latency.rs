//! How long recent checks took, one line a region.

use contract::probe::Finished;
use leptos::prelude::*;

use crate::components::chart::{Chart, hue};
use crate::view::history::latencies;
use crate::view::plot::{Line, Plot};

#[component]
pub fn Latency(results: Signal<Vec<Finished>>) -> impl IntoView {
    let plot = Memo::new(move |_| results.with(|results| plot(results)));
    let names = move || {
        let lines = plot.with(|plot| plot.lines.clone());
        let items = lines.into_iter().enumerate().map(|(index, line)| {
            view! {
                <li class=hue(index)>
                    <span class="swatch-label"><i class="swatch"></i>{line.label}</span>
                </li>
            }
        });
        items.collect_view()
    };
    view! {
        <div class="card">
            <Show
                when=move || !plot.with(Plot::is_empty)
                fallback=|| view! { <p class="quiet-text">"No recent check succeeded."</p> }
            >
                <ul class="row small">{names}</ul>
                <Chart plot label="Response time of recent checks by region" />
            </Show>
        </div>
    }
}

fn plot(results: &[Finished]) -> Plot {
    let at = |result: Option<&Finished>| result.map_or(0, |one| one.tick_at.timestamp_millis());
    let lines = latencies(results).into_iter().map(|(region, points)| Line {
        label: region.to_string(),
        points,
    });
    Plot {
        from_ms: at(results.last()),
        to_ms: at(results.first()),
        unit: Some("ms".to_owned()),
        lines: lines.collect(),
        band: vec![],
    }
}
