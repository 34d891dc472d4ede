//! A choice that decides which fields a form shows. Style alone does so, so it needs no script and forgets nothing.

use leptos::prelude::*;

/// Choices side by side. What is below shows as [`Only`] says.
#[component]
pub fn Kinds(
    id: &'static str,
    legend: &'static str,
    options: Vec<(&'static str, &'static str)>,
    #[prop(into)] chosen: String,
) -> impl IntoView {
    let options = options.into_iter().map(move |(value, words)| {
        let checked = value == chosen;
        view! {
            <label>
                <input type="radio" name=format!("form[{id}]") value=value checked=checked data-decides="" />
                <span>{words}</span>
            </label>
        }
    });
    view! {
        <fieldset class="field kinds">
            <legend>{legend}</legend>
            <div class="segments">{options.collect_view()}</div>
        </fieldset>
    }
}

/// Fields for some kinds only, whose names stand in `kinds`, separated by spaces.
#[component]
pub fn Only(kinds: &'static str, children: Children) -> impl IntoView {
    view! { <div class="only" data-only=kinds>{children()}</div> }
}
