//! Planned work: what goes on, what is to come, and what was.

use contract::page::Planned;
use leptos::prelude::*;

use super::Named;
use crate::components::state::StateBadge;
use crate::components::time::Time;
use crate::view::planned::{Stage, stage};
use contract::monitor::State;

#[component]
pub fn PlannedWork(planned: Vec<Planned>, components: Vec<Named>) -> impl IntoView {
    let now = crate::components::clock::now();
    (!planned.is_empty()).then(|| {
        let each = planned.into_iter().map(|one| {
            let stage = stage(&one, now);
            view! { <Work one stage components=components.clone() /> }
        });
        view! {
            <section data-part="planned">
                <h2>"Planned work"</h2>
                {each.collect_view()}
            </section>
        }
    })
}

#[component]
fn Work(one: Planned, stage: Stage, components: Vec<Named>) -> impl IntoView {
    let state = match stage {
        Stage::Going => State::Maintenance,
        Stage::Planned => State::Paused,
        Stage::Over => State::Up,
    };
    let about: Vec<_> = components
        .iter()
        .filter(|(monitor, _)| one.components.contains(monitor))
        .map(|(_, name)| name.as_str())
        .collect();
    let about = if about.len() == components.len() {
        "everything on this page".to_owned()
    } else {
        about.join(", ")
    };
    view! {
        <article class="incident card" id=one.id.to_string()>
            <div class="row apart">
                <h3>{one.name}</h3>
                <StateBadge state word=stage.word().to_owned() />
            </div>
            <p class="quiet-text small">
                <Time at=one.from /> " to " <Time at=one.to /> ", " {about}
            </p>
            {(!one.description.is_empty()).then(|| view! { <p>{one.description}</p> })}
        </article>
    }
}
