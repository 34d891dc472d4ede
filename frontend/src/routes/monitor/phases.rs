//! Where the time goes: percentiles of each phase, region by region, over the last 24 hours.

use contract::monitor::Summary;
use contract::probe::Phase;
use leptos::either::Either;
use leptos::prelude::*;

use crate::view::figure::digits;
use crate::view::phase::{label, name};

#[component]
pub fn Phases(summary: Signal<Summary>) -> impl IntoView {
    let content = move || {
        let phases = summary.with(|summary| summary.phases_ms.clone());
        if phases.values().all(std::collections::BTreeMap::is_empty) {
            return Either::Left(
                view! { <p class="quiet-text">"No check succeeded in the last 24 hours."</p> },
            );
        }
        let used: Vec<Phase> = Phase::ALL
            .into_iter()
            .filter(|phase| phases.values().any(|of| of.contains_key(phase)))
            .collect();
        let heads = used.iter().map(|phase| {
            view! {
                <th scope="col" class=format!("number {}", name(*phase))>
                    <span class="swatch-label"><i class="swatch"></i>{label(*phase)}</span>
                </th>
            }
        });
        let rows = phases.into_iter().map(|(region, of)| {
            let cells = used.iter().map(|phase| {
                let times = of.get(phase).map(|it| {
                    let slower = [it.p95, it.p99].map(digits).join(" / ");
                    view! {
                        {digits(it.p50)}
                        <div class="quiet-text small">{slower}</div>
                    }
                });
                view! { <td class="number">{times}</td> }
            });
            view! {
                <tr>
                    <th scope="row" class="nowrap">{region.to_string()}</th>
                    {cells.collect_view()}
                </tr>
            }
        });
        Either::Right(view! {
            <div class="table" tabindex="0" role="group" aria-labelledby="phases">
                <table>
                    <thead><tr><th scope="col">"Region"</th> {heads.collect_view()}</tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        })
    };
    view! {
        <section aria-labelledby="phases">
            <h2 id="phases">"Where the time goes"</h2>
            <p class="quiet-text small">"Median, and below it p95 / p99, of successful checks in ms, last 24 hours"</p>
            {content}
        </section>
    }
}
