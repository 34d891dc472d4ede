//! A line the size of a word.

use leptos::prelude::*;

use crate::view::figure::milliseconds;
use crate::view::path::{extent, sparkline};

#[component]
pub fn Sparkline(
    /// (Unix milliseconds, milliseconds), oldest first.
    #[prop(into)]
    points: Signal<Vec<(i64, f64)>>,
) -> impl IntoView {
    let words = move || {
        points.with(|points| {
            let (low, high) = extent(points.iter().map(|point| point.1));
            if points.is_empty() {
                "No response times yet".to_owned()
            } else {
                format!(
                    "Recent response times, {} to {}",
                    milliseconds(low),
                    milliseconds(high)
                )
            }
        })
    };
    let last = move || points.with(|points| points.last().map(|point| milliseconds(point.1)));
    view! {
        <span class="spark-with-figure">
        <svg class="spark" viewBox="0 0 1000 1000" preserveAspectRatio="none" role="img" aria-label=words>
            <path d=move || points.with(|points| sparkline(points)) />
        </svg>
        <span class="number">{last}</span>
        </span>
    }
}
