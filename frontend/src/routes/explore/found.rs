//! What was found, drawn, and kept up to date while it is looked at.

use contract::id::Slug;
use contract::live;
use contract::query::{Answer, Metric, Range, Resolution};
use contract::rpc;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use crate::api::{self, Error};
use crate::components::chart::Chart;
use crate::components::clock;
use crate::components::legend::Legend;
use crate::components::live::soon;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::answer::{SERIES_SHOWN, append, drawn, legend, steps};
use crate::view::explore::{Selection, settle};
use crate::view::live::Effect as Became;
use crate::view::plot::Plot;

/// An answer with the question it answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    pub metrics: Vec<Metric>,
    pub selection: Selection,
    pub from_ms: i64,
    pub to_ms: i64,
    pub answer: Answer,
}

impl Found {
    fn metric(&self) -> Option<&Metric> {
        let name = &self.selection.metric;
        self.metrics.iter().find(|metric| metric.name == *name)
    }

    fn unit(&self) -> Option<String> {
        let unit = self.metric()?.unit.clone()?;
        Some(self.selection.unit(&unit))
    }

    fn plot(&self) -> Plot {
        Plot {
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            unit: self.unit(),
            lines: drawn(&self.answer.series),
            band: vec![],
        }
    }

    fn range(&self) -> Range {
        let now_ms = clock::now().timestamp_millis();
        self.selection.range(self.metric(), now_ms)
    }
}

/// Asks for the selection, or for the first metric there is when none was chosen.
pub async fn find(slug: String, mut selection: Selection) -> Result<Found, Error> {
    let tenant = slug
        .parse::<Slug>()
        .map_err(|_| Error::Refused(rpc::Error::not_found("tenant")))?;
    let metrics = api::metrics(tenant.clone()).await?;
    settle(&mut selection, &metrics);
    let mut found = Found {
        metrics,
        selection,
        from_ms: 0,
        to_ms: 0,
        answer: Answer {
            resolution: Resolution::Raw,
            series: vec![],
        },
    };
    let range = found.range();
    (found.from_ms, found.to_ms) = (range.from_ms, range.to_ms);
    if found.metric().is_some() {
        found.answer = api::query(tenant, range).await?;
    }
    Ok(found)
}

/// The chart with its legend.
#[component]
pub fn Graph(tenant: Tenant, found: Found) -> impl IntoView {
    let name = found.selection.metric.clone();
    let found = RwSignal::new(found);
    follow(tenant, found);
    let plot = Memo::new(move |_| found.with(Found::plot));
    let rows = Signal::derive(move || found.with(|found| legend(&found.answer.series)));
    let unit = Signal::derive(move || found.with(Found::unit));
    let how = move || found.with(|found| steps(&found.answer, found.selection.period));
    view! {
        <section aria-label="Chart" class="card">
            <div class="row apart">
                <h2>{name.clone()}</h2>
                <span class="quiet-text small">{how}</span>
            </div>
            <Show
                when=move || !plot.with(Plot::is_empty)
                fallback=|| view! { <p class="quiet-text">"No sample matches in this range."</p> }
            >
                <Chart plot label=format!("{name} over time") />
            </Show>
        </section>
        <section aria-label="Legend">
            <Legend rows unit />
            {move || hidden(rows.with(Vec::len))}
        </section>
    }
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
                found.to_ms = clock::now().timestamp_millis();
                found.from_ms = found.to_ms - found.selection.period.length_ms;
                found.answer = answer;
            });
        }
        if became == Became::Stale {
            hurry();
        }
    });
    Effect::new(move |_| {
        if tenant.live.missed() > 0 {
            again();
        }
    });
}
