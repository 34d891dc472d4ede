//! A field of a form: label above, help below, error beside it in words that say how to mend it.

use leptos::prelude::*;

use crate::api::Error;
use crate::view::form::error_of;
use crate::view::state::capitalised;

/// Wraps a control, which is to carry the id, `aria-describedby` of id and `-help`, and `aria-invalid` where [`is_wrong`].
#[component]
pub fn Field(
    /// The control's id, and the last part of the field's name in errors.
    id: &'static str,
    label: &'static str,
    #[prop(optional)] help: Option<&'static str>,
    #[prop(into)] error: Signal<Option<Error>>,
    children: Children,
) -> impl IntoView {
    let reason = move || {
        let reason = error.with(|error| {
            let fields = error.as_ref().map(Error::fields)?;
            error_of(fields, id).map(str::to_owned)
        })?;
        Some(view! { <p class="error">{capitalised(&reason)}</p> })
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {children()}
            <div id=format!("{id}-help") aria-live="polite">
                {reason}
                {help.filter(|help| !help.is_empty()).map(|help| view! { <p class="help">{help}</p> })}
            </div>
        </div>
    }
}

/// The value of a control's `aria-invalid`.
pub fn is_wrong(
    error: Signal<Option<Error>>,
    id: &'static str,
) -> impl Fn() -> Option<&'static str> {
    move || {
        error.with(|error| {
            let fields = error.as_ref().map(Error::fields)?;
            error_of(fields, id).map(|_| "true")
        })
    }
}
