//! A monitor's recent checks, one row a region, with each region's last word.

use contract::id::Region;
use contract::monitor::{State, Vote};
use contract::probe::Finished;
use leptos::prelude::*;

use crate::components::state::StateBadge;
use crate::view::figure::milliseconds;
use crate::view::history::{Tick, rows};

#[component]
pub fn RegionRows(
    #[prop(into)] results: Signal<Vec<Finished>>,
    #[prop(into)] votes: Signal<Vec<Vote>>,
) -> impl IntoView {
    let list = move || {
        let votes = votes.get();
        results
            .with(|results| rows(results))
            .into_iter()
            .map(|(region, ticks)| {
                let vote = votes.iter().find(|vote| vote.region == region);
                row(region, ticks, vote)
            })
            .collect_view()
    };
    view! { <ul class="votes">{list}</ul> }
}

fn row(region: Region, ticks: Vec<Tick>, vote: Option<&Vote>) -> impl IntoView + use<> {
    let label = format!("Recent checks from {region}, oldest first");
    let bars = ticks.into_iter().map(|tick| {
        view! {
            <button type="button" class=format!("day {}", tick.state.as_str()) tabindex="-1" aria-label=tick.label></button>
        }
    });
    view! {
        <li>
            <div class="row apart">
                <h3>{region.to_string()}</h3>
                {vote.map(word)}
            </div>
            <div class="bars">
                <div class="days" role="group" aria-label=label>{bars.collect_view()}</div>
                <div class="legend-line"><span>"Earlier"</span><span>"Now"</span></div>
            </div>
        </li>
    }
}

fn word(vote: &Vote) -> impl IntoView + use<> {
    let state = match (vote.ok, vote.slow) {
        (true, false) => State::Up,
        (true, true) => State::Degraded,
        (false, _) => State::Down,
    };
    let figure = match (&vote.message, vote.total_time_ms) {
        (Some(message), _) if !vote.ok => message.clone(),
        (_, Some(total)) => milliseconds(total),
        _ => String::new(),
    };
    view! {
        <span class="row">
            <span class="quiet-text">{figure}</span>
            <StateBadge state word=vote_word(state) />
        </span>
    }
}

fn vote_word(state: State) -> String {
    let word = match state {
        State::Up => "Answers",
        State::Degraded => "Slow",
        _ => "Fails",
    };
    word.to_owned()
}
