//! Recent results of a monitor, newest first.

use contract::probe::Finished;
use leptos::prelude::*;

use crate::components::state::StateBadge;
use crate::components::time::Time;
use crate::view::figure::milliseconds;
use crate::view::history::words;
use crate::view::state::{capitalised, outcome_state};
use crate::view::time::Precision;

/// More than anybody reads at once.
const SHOWN: usize = 20;

#[component]
pub fn Results(results: Signal<Vec<Finished>>) -> impl IntoView {
    let rows = move || {
        let latest = results.get().into_iter().take(SHOWN);
        latest.map(row).collect_view()
    };
    view! {
        <div class="table" tabindex="0" role="group" aria-label="Recent results">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Due"</th>
                        <th scope="col">"Region"</th>
                        <th scope="col">"Outcome"</th>
                        <th scope="col" class="number">"Total"</th>
                        <th scope="col">"What came back"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row(result: Finished) -> impl IntoView {
    let total = result.timings.total_time_ms.map(milliseconds);
    let word = capitalised(result.outcome.as_str());
    view! {
        <tr>
            <td class="nowrap"><Time at=result.tick_at precision=Precision::Second /></td>
            <td class="nowrap">{result.region.to_string()}</td>
            <td><StateBadge state=outcome_state(result.outcome) word /></td>
            <td class="number">{total}</td>
            <td>{words(&result)}</td>
        </tr>
    }
}
