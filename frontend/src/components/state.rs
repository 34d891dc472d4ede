//! A state as colour, shape and word.

use contract::monitor::State;
use leptos::prelude::*;

use crate::components::icon::StateIcon;

#[component]
pub fn StateBadge(
    #[prop(into)] state: Signal<State>,
    /// The word, where it is not the state's own.
    #[prop(optional, into)]
    word: Option<String>,
) -> impl IntoView {
    view! {
        <span class=move || format!("state {}", state.get().as_str())>
            {move || view! { <StateIcon state=state.get() /> }}
            <span>{move || word.clone().unwrap_or_else(|| state.get().label().to_owned())}</span>
        </span>
    }
}
