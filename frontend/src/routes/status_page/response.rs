//! Response times of one component, chosen by links and by a form that needs no script.

use contract::id::MonitorId;
use contract::page::{Chart as Span, Responses};
use leptos::either::Either;
use leptos::prelude::*;

use super::Named;
use super::frame::home;
use crate::components::chart::Chart;
use crate::view::response::{latest, plot};

#[component]
pub fn ResponseTimes(
    response: Option<Responses>,
    components: Vec<Named>,
    base: String,
) -> impl IntoView {
    let response = response?;
    let (_, name) = components
        .iter()
        .find(|(monitor, _)| *monitor == response.component)?;
    let label = format!("Response time of {name}: median, and the area up to the 95th percentile");
    let drawn = if response.points.len() > 1 {
        let plot = Signal::stored(plot(&response));
        Either::Left(view! { <Chart plot label /> })
    } else {
        Either::Right(view! { <p class="quiet-text">"Nothing was measured yet."</p> })
    };
    Some(view! {
        <section data-part="response" id="response">
            <h2>"Response time"</h2>
            <div class="card">
                <div class="row apart">
                    <Choice components chosen=response.component span=response.span base=base.clone() />
                    <Spans response=response.clone() base />
                </div>
                <p class="quiet-text small numbers">{latest(&response)}</p>
                {drawn}
            </div>
        </section>
    })
}

/// Which component is drawn.
#[component]
fn Choice(components: Vec<Named>, chosen: MonitorId, span: Span, base: String) -> impl IntoView {
    let options = components.into_iter().map(|(monitor, name)| {
        let selected = monitor == chosen;
        view! {
            <option value=monitor.to_string() selected=selected>
                {name}
            </option>
        }
    });
    view! {
        <form class="row choose" method="get" action=format!("{}#response", home(&base))>
            <label class="visually-hidden" for="component">"Component"</label>
            <select id="component" name="component" data-autosubmit>
                {options.collect_view()}
            </select>
            <input type="hidden" name="range" value=span.as_str() />
            <button type="submit" class="small without-script">"Show"</button>
        </form>
    }
}

/// How far back it is drawn.
#[component]
fn Spans(response: Responses, base: String) -> impl IntoView {
    let links = Span::ALL.map(|span| {
        let (name, component) = (span.as_str(), response.component);
        let href = format!(
            "{}?component={component}&range={name}#response",
            home(&base)
        );
        let current = (span == response.span).then_some("true");
        view! { <li><a href=href aria-current=current>{words(span)}</a></li> }
    });
    view! { <ul class="spans" aria-label="Time span">{links.into_iter().collect_view()}</ul> }
}

fn words(span: Span) -> &'static str {
    match span {
        Span::Day => "24 h",
        Span::Week => "7 d",
        Span::Month => "30 d",
    }
}
