//! Lines of text in a form.

use leptos::prelude::*;

use crate::api::Error;
use crate::components::field::{Field, is_wrong};

#[component]
pub fn Area(
    id: &'static str,
    label: &'static str,
    #[prop(optional)] help: &'static str,
    #[prop(into)] value: String,
    #[prop(into)] error: Signal<Option<Error>>,
    #[prop(default = 3)] rows: u32,
    #[prop(optional)] required: bool,
    /// Written for machines: every character counts.
    #[prop(optional)]
    code: bool,
) -> impl IntoView {
    view! {
        <Field id label help error>
            <textarea
                id=id
                name=format!("form[{id}]")
                rows=rows.to_string()
                required=required
                maxlength="10000"
                class:code=code
                spellcheck=if code { "false" } else { "true" }
                aria-describedby=format!("{id}-help")
                aria-invalid=is_wrong(error, id)
                inner_html=escaped(&value)
            ></textarea>
        </Field>
    }
}

/// Written as it is, since an empty text would be a space between the tags.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
