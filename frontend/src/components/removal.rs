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
