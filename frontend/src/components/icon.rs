//! The shapes of states, and the mark of the house.

use contract::monitor::State;
use leptos::prelude::*;

/// A state's shape: filled circle, half circle, cross, dashed ring, wrench, two bars. It says nothing to screen readers; the word beside it does.
#[component]
pub fn StateIcon(state: State) -> impl IntoView {
    let shape = match state {
        State::Up => view! { <circle cx="8" cy="8" r="6" fill="currentColor" /> }.into_any(),
        State::Degraded => view! {
            <circle cx="8" cy="8" r="5.25" fill="none" stroke="currentColor" stroke-width="1.5" />
            <path d="M8 2.75a5.25 5.25 0 0 0 0 10.5z" fill="currentColor" />
        }
        .into_any(),
        State::Down => view! {
            <path d="M3.5 3.5l9 9m0-9l-9 9" fill="none" stroke="currentColor" stroke-width="2.75" stroke-linecap="round" />
        }
        .into_any(),
        State::Unknown => view! {
            <circle cx="8" cy="8" r="5.25" fill="none" stroke="currentColor" stroke-width="1.75" stroke-dasharray="2.6 2.1" />
        }
        .into_any(),
        State::Maintenance => view! {
            <path
                d="M10.6 1.9a3.9 3.9 0 0 0-4.3 5.2l-4.2 4.2a1.6 1.6 0 0 0 2.3 2.4l4.3-4.3a3.9 3.9 0 0 0 5.2-4.9l-2.3 2.2-2-.6-.5-2z"
                fill="currentColor"
            />
        }
        .into_any(),
        State::Paused => view! {
            <path d="M5.5 3.5v9m5-9v9" fill="none" stroke="currentColor" stroke-width="2.25" stroke-linecap="round" />
        }
        .into_any(),
    };
    view! {
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            {shape}
        </svg>
    }
}

/// The mark of the house: an eye that is also a pulse.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" class="mark">
            <path d="M2 12c3.2-5 6.5-7 10-7s6.8 2 10 7c-3.2 5-6.5 7-10 7s-6.8-2-10-7z" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linejoin="round" />
            <path d="M7.5 12h2l1.5-3 2 6 1.5-3h2" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linejoin="round" stroke-linecap="round" />
        </svg>
    }
}
