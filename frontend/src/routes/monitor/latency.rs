//! How long checks took: quantiles over time, with incidents shaded.

use leptos::prelude::*;

use super::course::Read;
use crate::api::monitors::Detail;
use crate::components::chart::{Chart, hue};
use crate::components::time::Time;
use crate::view::plot::Plot;
use crate::view::quantiles;
use crate::view::time::{Precision, at_ms};

#[component]
pub fn Latency(
    read: Read,
    region: Memo<Option<String>>,
    detail: RwSignal<Detail>,
    /// Where the choice of a region leads to.
    to_region: impl Fn(Option<&str>) -> String + Copy + Send + Sync + 'static,
    /// Where the checks before an instant are, each with its trace.
    to_checks: impl Fn(i64) -> String + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let regions = detail.with_untracked(|detail| detail.overview.monitor.spec.regions.clone());
    let choice = (regions.len() > 1).then(|| {
        let each = regions.iter().map(|one| Some(one.to_string()));
        let links = std::iter::once(None).chain(each).map(|one| {
            let words = one.clone().unwrap_or_else(|| "All regions".to_owned());
            let (to, this) = (one.clone(), one);
            let current = move || (region.get() == this).then_some("true");
            view! {
                <a href=move || to_region(to.as_deref()) data-noscroll="" aria-current=current>
                    {words}
                </a>
            }
        });
        view! { <nav class="ranges" aria-label="Region">{links.collect_view()}</nav> }
    });
    let plot = Memo::new(move |_| {
        let region = region.get();
        let range = (read.from_ms, read.to_ms);
        detail.with(|detail| {
            quantiles::plot(
                &read.times,
                region.as_deref(),
                &detail.summary.incidents,
                range,
            )
        })
    });
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
    let what = move || {
        let several = region.with(Option::is_none) && plot.with(|plot| plot.band.is_empty());
        if several {
            "95 % of the checks were faster"
        } else {
            "Quantiles of successful checks"
        }
    };
    let marked = move || {
        plot.with(|plot| !plot.shades.is_empty())
            .then(|| view! { <li><span class="swatch-label"><i class="swatch shaded"></i>"Incident"</span></li> })
    };
    let picked = RwSignal::new(None::<i64>);
    let pick = Callback::new(move |at_ms| picked.set(Some(at_ms)));
    let checks = move || {
        let end_ms = picked.get()? + plot.with(Plot::step_ms);
        Some(view! {
            <p class="small">
                "Checks until " <Time at=at_ms(end_ms) precision=Precision::Second /> ": "
                <a href=to_checks(end_ms)>"Show them with their traces"</a>
            </p>
        })
    };
    view! {
        <div class="card latency">
            <div class="row apart">
                <h3>"Response time"</h3>
                {choice}
            </div>
            <p class="quiet-text small">{what}</p>
            <Show
                when=move || !plot.with(Plot::is_empty)
                fallback=|| view! { <p class="quiet-text">"No check succeeded in this range."</p> }
            >
                <ul class="row small">{names} {marked}</ul>
                <Chart plot label="Response time over time" on_pick=pick />
                <p class="quiet-text small scripted">"Click on the chart for the checks of that time."</p>
                {checks}
            </Show>
        </div>
    }
}
