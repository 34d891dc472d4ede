//! A line of text in a form, with its label, help and error.

use leptos::prelude::*;

use crate::api::Error;
use crate::components::field::{Field, is_wrong};

#[component]
pub fn Input(
    /// The last part of the field's name in errors; it is sent as `form[id]`.
    id: &'static str,
    label: &'static str,
    #[prop(optional)] help: &'static str,
    #[prop(into)] value: String,
    #[prop(into)] error: Signal<Option<Error>>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional)] required: bool,
    #[prop(optional)] placeholder: &'static str,
    /// The id of a `datalist`.
    #[prop(optional_no_strip)]
    list: Option<&'static str>,
) -> impl IntoView {
    let numeric = (kind == "numeric").then_some("numeric");
    let kind = if numeric.is_some() { "text" } else { kind };
    view! {
        <Field id label help error>
            <input
                id=id
                name=format!("form[{id}]")
                type=kind
                inputmode=numeric
                value=value
                required=required
                placeholder=placeholder
                maxlength="2048"
                list=list
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=format!("{id}-help")
                aria-invalid=is_wrong(error, id)
            />
        </Field>
    }
}
