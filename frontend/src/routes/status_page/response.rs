//! Response times of the components, the first one open.

use contract::page::{Component, Group};
use leptos::prelude::*;

use crate::components::chart::Chart;
use crate::view::response::{latest, plot};

#[component]
pub fn ResponseTimes(groups: Vec<Group>) -> impl IntoView {
    let measured: Vec<Component> = groups
        .into_iter()
        .flat_map(|group| group.components)
        .filter(|component| component.response.len() > 1)
        .collect();
    (!measured.is_empty()).then(|| {
        let charts = measured
            .into_iter()
            .enumerate()
            .map(|(index, component)| chart(component, index == 0));
        view! {
            <section data-part="response">
                <h2>"Response time, last 24 hours"</h2>
                <div class="card">{charts.collect_view()}</div>
            </section>
        }
    })
}

fn chart(component: Component, open: bool) -> impl IntoView {
    let label = format!(
        "Response time of {}: median, and the area up to the 95th percentile",
        component.name
    );
    let plot = plot(&component);
    view! {
        <details class="response" open=open id=format!("response-{}", component.monitor)>
            <summary>
                <h3>{component.name.clone()}</h3>
                <span class="numbers quiet-text">{latest(&component)}</span>
            </summary>
            <Chart plot=Signal::stored(plot) label />
        </details>
    }
}
