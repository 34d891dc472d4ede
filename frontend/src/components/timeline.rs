//! How checks ended over time, one row a region, with each region's last word.

use contract::monitor::{State, Vote};
use leptos::prelude::*;

use crate::components::clock::Clock;
use crate::components::state::StateBadge;
use crate::view::figure::milliseconds;
use crate::view::time::{Precision, at_ms, instant};
use crate::view::timeline::{Cell, Row};

#[component]
pub fn Timeline(rows: Vec<Row>, #[prop(into)] votes: Signal<Vec<Vote>>) -> impl IntoView {
    let clock = Clock::of_page();
    let items = rows.into_iter().map(|row| {
        let Row {
            region,
            words,
            cells,
        } = row;
        let name = region.to_string();
        let vote =
            move || votes.with(|votes| votes.iter().find(|it| it.region == region).map(word));
        view! {
            <li>
                <div class="row apart">
                    <h3>{name.clone()}</h3>
                    {vote}
                </div>
                <svg class="timeline" role="img" aria-label=format!("{name}: {words}")>
                    {cells.into_iter().map(|cell| stretch(cell, clock)).collect_view()}
                </svg>
                <p class="quiet-text small">{words}</p>
            </li>
        }
    });
    view! { <ul class="votes">{items.collect_view()}</ul> }
}

fn stretch(cell: Cell, clock: Clock) -> impl IntoView {
    let at = at_ms(cell.from_ms);
    let title = move || {
        let from = instant(at, clock.offset_minutes(at), Precision::Minute);
        format!("{from}: {}", cell.words)
    };
    view! {
        <rect
            class=cell.state.as_str()
            x=format!("{:.3}%", cell.from * 100.0)
            width=format!("{:.3}%", cell.width * 100.0)
            height="100%"
        >
            <title>{title}</title>
        </rect>
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
    let word = match state {
        State::Up => "Answers",
        State::Degraded => "Slow",
        _ => "Fails",
    };
    view! {
        <span class="row">
            <span class="quiet-text">{figure}</span>
            <StateBadge state word />
        </span>
    }
}
