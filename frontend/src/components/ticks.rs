//! Any of several in a form.

use leptos::prelude::*;

use crate::api::Error;
use crate::view::form::error_of;
use crate::view::state::capitalised;

/// Check boxes, sent as `form[name][0]`, `form[name][1]`, and so on.
#[component]
pub fn Ticks(
    name: &'static str,
    /// The last part of the field's name in errors, where it is not `name`.
    #[prop(optional_no_strip)]
    blamed: Option<&'static str>,
    legend: &'static str,
    #[prop(optional)] help: &'static str,
    options: Vec<(String, String)>,
    chosen: Vec<String>,
    #[prop(into)] error: Signal<Option<Error>>,
) -> impl IntoView {
    let reason = move || {
        let field = blamed.unwrap_or(name);
        let reason =
            error.with(|error| error_of(error.as_ref()?.fields(), field).map(str::to_owned));
        reason.map(|reason| view! { <p class="error">{capitalised(&reason)}</p> })
    };
    let options = options.into_iter().enumerate().map(move |(index, (value, words))| {
        let checked = chosen.contains(&value);
        view! {
            <label class="choice">
                <input type="checkbox" name=format!("form[{name}][{index}]") value=value checked=checked />
                {words}
            </label>
        }
    });
    view! {
        <fieldset class="field">
            <legend>{legend}</legend>
            <div class="choices">{options.collect_view()}</div>
            <div aria-live="polite">{reason}</div>
            {(!help.is_empty()).then(|| view! { <p class="help">{help}</p> })}
        </fieldset>
    }
}

/// One check box, sent as `form[name]=on` when it is ticked.
#[component]
pub fn Tick(name: &'static str, words: &'static str, #[prop(into)] ticked: bool) -> impl IntoView {
    view! {
        <label class="choice">
            <input type="checkbox" name=format!("form[{name}]") value="on" checked=ticked />
            {words}
        </label>
    }
}
