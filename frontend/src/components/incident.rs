//! An incident with its story, newest first.

use contract::incident::{Incident, Update};
use leptos::either::Either;
use leptos::prelude::*;

use crate::components::state::StateBadge;
use crate::components::time::Time;
use crate::components::trace_link::TraceLink;
use crate::view::figure::duration;
use crate::view::state::{incident_state, incident_word};
use crate::view::time::Precision;

#[component]
pub fn IncidentStory(incident: Incident) -> impl IntoView {
    let state = incident_state(incident.status);
    let started = incident.started_at;
    let lasted = match incident.resolved_at {
        Some(resolved) => {
            let lasted = duration((resolved - started).num_seconds());
            Either::Left(format!("lasted {lasted}"))
        }
        None => Either::Right("still open"),
    };
    view! {
        <article class="incident card" id=incident.id.to_string()>
            <div class="row apart">
                <h3>{incident.title}</h3>
                <StateBadge state word=incident_word(incident.status) />
            </div>
            <p class="quiet-text small">
                "Began " <Time at=started /> ", " {lasted}
                {incident.demo.then_some(" (generated for this demonstration)")}
            </p>
            <Story updates=incident.updates />
        </article>
    }
}

/// What was said, the newest first.
#[component]
pub fn Story(updates: Vec<Update>) -> impl IntoView {
    view! { <ol>{updates.into_iter().map(update).collect_view()}</ol> }
}

fn update(update: Update) -> impl IntoView {
    let word = incident_word(update.status);
    // Only members know of details and traces, and only their pages have a tenant to look in.
    let trace = update.trace.map(|trace| {
        view! { " " <TraceLink trace=Some(trace) of=format!("the update \"{word}\"") /> }
    });
    view! {
        <li>
            <b>{word}</b>
            " "
            <span class="quiet-text small"><Time at=update.at precision=Precision::Minute /></span>
            {trace}
            <p>{update.body}</p>
            {update.detail.map(|detail| view! { <p class="quiet-text small">{detail}</p> })}
        </li>
    }
}
