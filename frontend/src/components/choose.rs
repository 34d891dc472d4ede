//! One of several in a form.

use leptos::prelude::*;

use crate::api::Error;
use crate::components::field::{Field, is_wrong};

#[component]
pub fn Choose(
    id: &'static str,
    label: &'static str,
    #[prop(optional)] help: &'static str,
    /// What is sent, and what people read.
    options: Vec<(String, String)>,
    #[prop(into)] chosen: String,
    #[prop(into)] error: Signal<Option<Error>>,
) -> impl IntoView {
    let options = options.into_iter().map(move |(value, words)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{words}</option> }
    });
    view! {
        <Field id label help error>
            <select
                id=id
                name=format!("form[{id}]")
                aria-describedby=format!("{id}-help")
                aria-invalid=is_wrong(error, id)
            >
                {options.collect_view()}
            </select>
        </Field>
    }
}

/// Options from names and words that are known beforehand.
pub fn options<const N: usize>(known: [(&str, &str); N]) -> Vec<(String, String)> {
    known
        .map(|(value, words)| (value.to_owned(), words.to_owned()))
        .into()
}
