//! Deleting something, after saying what is lost.

use leptos::prelude::*;

use crate::api::Error;
use crate::components::problem::FormProblem;

#[component]
pub fn Removal(
    what: &'static str,
    lost: &'static str,
    error: Signal<Option<Error>>,
    /// The form that does it.
    children: Children,
) -> impl IntoView {
    view! {
        <section aria-label=what>
            <details>
                <summary>{what}</summary>
                <div class="stack">
                    <p>{lost}</p>
                    <FormProblem error />
                    {children()}
                </div>
            </details>
        </section>
    }
}

/// The same for one of many in a list, whose page shows the errors of all of them.
#[component]
pub fn RemovalOf(
    what: &'static str,
    /// The name of the one.
    name: String,
    #[prop(into)] lost: String,
    /// The form that does it.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="removal">
            <summary>{what} <span class="visually-hidden">{format!(" {name}")}</span></summary>
            <div class="stack">
                <p>{lost}</p>
                {children()}
            </div>
        </details>
    }
}
