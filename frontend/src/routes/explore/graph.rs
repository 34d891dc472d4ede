//! What was found, drawn, and kept up to date while it is looked at.

use contract::live;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::found::Found;
use crate::api;
use crate::components::chart::Chart;
use crate::components::clock;
use crate::components::legend::Legend;
use crate::components::live::soon;
use crate::components::problem::Problem;
use crate::components::writes_link::WritesLink;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::answer::{SERIES_SHOWN, append, legend, steps};
use crate::view::explore::Selection;
use crate::view::live::Effect as Became;
use crate::view::plot::Plot;

/// The chart with its legend.
#[component]
pub fn Graph(tenant: Tenant, found: Found) -> impl IntoView {
    let name = found.selection.metric.clone();
    let selection = found.selection.clone();
    let unknown = found.metric().is_none();
    let error = found.error.clone();
    let found = RwSignal::new(found);
    follow(tenant, found);
    let plot = Memo::new(move |_| found.with(Found::plot));
    let rows = Signal::derive(move || found.with(|found| legend(&found.answer.series)));
    let unit = Signal::derive(move || found.with(Found::unit));
    let how = move || found.with(|found| steps(&found.answer, &found.selection));
    let navigate = use_navigate();
    let zoom = {
        let (navigate, selection) = (navigate.clone(), selection.clone());
        Callback::new(move |stretch| go(&navigate, tenant, &selection.within(Some(stretch))))
    };
    let back = selection.stretch.map(|_| {
        let href = path(tenant, &selection.within(None));
        let words = format!("Back to the last {}", selection.period.label);
        view! { <a href=href data-noscroll="">{words}</a> }
    });
    let picked = RwSignal::new(None::<i64>);
    let pick = Callback::new(move |at_ms| picked.set(Some(at_ms)));
    let unzoom = Callback::new(move |()| {
        if selection.stretch.is_some() {
            go(&navigate, tenant, &selection.within(None));
        }
    });
    let nothing = if unknown {
        "There is no metric of this name."
    } else {
        "No sample matches in this range."
    };
    view! {
        {error.map(|error| {
            let reasons = error.fields().iter().map(|error| error.reason.clone());
            let text = reasons.collect::<Vec<_>>().join("; ");
            view! { <Problem text /> }
        })}
        <section aria-label="Chart" class="card">
            <div class="row apart">
                <h2>{name.clone()}</h2>
                <span class="quiet-text small row">{back} <span>{how}</span></span>
            </div>
            <Show
                when=move || !plot.with(Plot::is_empty)
                fallback=move || view! { <div class="no-chart"><p class="quiet-text">{nothing}</p></div> }
            >
                <Chart plot label=format!("{name} over time") on_zoom=zoom on_pick=pick on_back=unzoom />
            </Show>
            <p class="quiet-text small scripted">"Drag over the chart to look closer; double-click to go back."</p>
            <WritesLink tenant plot picked />
        </section>
        <section aria-label="Legend">
            <Legend rows unit />
            {move || hidden(rows.with(Vec::len))}
        </section>
    }
}

fn path(tenant: Tenant, selection: &Selection) -> String {
    tenant.path(&format!("/explore?{}", selection.query()))
}

fn go(navigate: &impl Fn(&str, NavigateOptions), tenant: Tenant, selection: &Selection) {
    let options = NavigateOptions {
        scroll: false,
        ..NavigateOptions::default()
    };
    navigate(&path(tenant, selection), options);
}

fn hidden(series: usize) -> Option<impl IntoView> {
    (series > SERIES_SHOWN).then(|| {
        let words = format!(
            "{SERIES_SHOWN} of {series} series are drawn. Filter by a label to see others."
        );
        view! { <p class="note">{words}</p> }
    })
}

/// Appends fresh samples at once; where an aggregate needs the store, asks it again soon after.
fn follow(tenant: Tenant, found: RwSignal<Found>) {
    let again = move || {
        let Ok(slug) = tenant.id() else { return };
        let range = found.with_untracked(Found::range);
        spawn_local(async move {
            let (from_ms, to_ms) = (range.from_ms, range.to_ms);
            if let Ok(answer) = api::query(slug, range).await {
                found.try_update(|found| {
                    (found.from_ms, found.to_ms) = (from_ms, to_ms);
                    found.answer = answer;
                });
            }
        });
    };
    let hurry = soon(again);
    tenant.live.listen(move |update: &live::Update| {
        let live::Update::Samples { series } = update else {
            return;
        };
        let mut answer = found.with_untracked(|found| found.answer.clone());
        let became = found.with_untracked(|found| append(&mut answer, &found.selection, series));
        if became != Became::None {
            found.update(|found| {
                let now_ms = clock::now().timestamp_millis();
                (found.from_ms, found.to_ms) = found.selection.span(now_ms);
                found.answer = answer;
            });
        }
        if became == Became::Stale {
            hurry();
        }
    });
    let known = tenant.live.missed_untracked();
    Effect::new(move |_| {
        if tenant.live.missed() > known {
            again();
        }
    });
}
