//! Fields that most people leave as they are. What is wrong with one of them opens the fold.

use leptos::prelude::*;

use crate::api::Error;
use crate::view::form::error_of;

#[component]
pub fn Fold(
    summary: &'static str,
    /// The last parts of its fields' names in errors.
    fields: &'static [&'static str],
    error: Signal<Option<Error>>,
    children: Children,
) -> impl IntoView {
    let open = move || {
        error.with(|error| {
            let errors = error.as_ref().map(Error::fields).unwrap_or_default();
            fields.iter().any(|field| error_of(errors, field).is_some())
        })
    };
    view! {
        <details open=open>
            <summary>{summary}</summary>
            <div class="form">{children()}</div>
        </details>
    }
}
