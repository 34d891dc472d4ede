//! What a rule would have done in the last 24 hours, before it is saved.

use contract::id::Slug;
use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::api::Error;
use crate::components::chart::{Chart, hue};
use crate::components::problem::Problem;
use crate::components::time::Time;
use crate::view::rule_form::RuleForm;
use crate::view::trial::Trial;
#[cfg(feature = "ssr")]
use crate::view::trial::unit_of;

/// Most alerts that are listed below the picture.
const LISTED: usize = 10;

/// Tries a rule as typed.
#[server(prefix = "/fn", endpoint = "try-rule", input = Json)]
pub async fn try_rule(tenant: Slug, form: RuleForm) -> Result<Trial, Error> {
    let mut spec = crate::server::visit::read(form.read())?;
    if spec.name.is_empty() {
        // It gets one before it is saved.
        "A rule".clone_into(&mut spec.name);
    }
    let to = service::now();
    let from = to - chrono::TimeDelta::milliseconds(contract::rule::MAX_BACKTEST_MS);
    let done = crate::api::backtest(tenant.clone(), spec.clone(), from, to).await?;
    let unit = unit_of(&spec.condition, &crate::api::metrics(tenant).await?);
    Ok(Trial {
        spec,
        from_ms: from.timestamp_millis(),
        to_ms: to.timestamp_millis(),
        done,
        unit,
    })
}

/// The picture of a trial, in a place that is there before anything was tried.
#[component]
pub fn Picture(
    tried: Signal<Option<Result<Trial, Error>>>,
    pending: Signal<bool>,
) -> impl IntoView {
    let content = move || match tried.get() {
        Some(Ok(trial)) => EitherOf3::A(view! { <Shown trial /> }),
        Some(Err(error)) => EitherOf3::B(view! { <Failed error /> }),
        None => EitherOf3::C(view! {
            <p class="quiet-text">
                "Try the rule to see when it would have fired, and how often, in the last 24 hours. Nothing is saved by that, and nobody is told."
            </p>
        }),
    };
    view! {
        <section class="card trial" aria-labelledby="trial" aria-busy=move || pending.get().to_string()>
            <h2 id="trial">"What it would have done"</h2>
            <div aria-live="polite">{content}</div>
        </section>
    }
}

#[component]
fn Failed(error: Error) -> impl IntoView {
    let text = if error.fields().is_empty() {
        error.to_string()
    } else {
        "It cannot be tried yet: mend what is marked in the form".to_owned()
    };
    view! { <Problem text /> }
}

#[component]
fn Shown(trial: Trial) -> impl IntoView {
    let plot = trial.plot();
    let names = (plot.lines.len() > 1).then(|| {
        let lines = plot.lines.iter().enumerate().map(|(index, line)| {
            view! {
                <li class=hue(index)>
                    <span class="swatch-label"><i class="swatch"></i>{line.label.clone()}</span>
                </li>
            }
        });
        view! { <ul class="row small">{lines.collect_view()}</ul> }
    });
    let times = trial.times();
    let rows = times.iter().take(LISTED).map(|(at, length, of, reason)| {
        view! {
            <li>
                <Time at=*at /> ", for " {length.clone()}
                {(!of.is_empty()).then(|| format!(" ({of})"))}
                <p class="quiet-text small">{reason.clone()}</p>
            </li>
        }
    });
    view! {
        <p><b>{trial.words()}</b> " " <span class="quiet-text small">{trial.how()}</span></p>
        {names}
        <Chart plot=Signal::stored(plot) label="What was compared, and when the rule would have fired" />
        <ul class="stack tight">{rows.collect_view()}</ul>
    }
}
