//! What must hold, one condition a line. A mistake is pointed at.

use leptos::prelude::*;

use crate::api::Error;
use crate::components::field::{Field, is_wrong};
use crate::view::form::error_of;
use crate::view::monitor_form::pointed;

#[component]
pub fn Conditions(#[prop(into)] value: String, error: Signal<Option<Error>>) -> impl IntoView {
    let typed = RwSignal::new(value.clone());
    let arrow = move || {
        let reason = error.with(|error| {
            let fields = error.as_ref().map(Error::fields)?;
            error_of(fields, "conditions").map(str::to_owned)
        })?;
        let (line, arrow) = typed.with(|typed| pointed(typed, &reason))?;
        Some(view! { <pre class="pointer">{line} "\n" <b>{arrow}</b></pre> })
    };
    view! {
        <Field
            id="conditions"
            label="What must hold"
            help="One a line, such as [STATUS] == 200, [BODY].status == ok or, for DNS, [BODY] == pat(*192.0.2.1*). Empty means that it answers as it should."
            error
        >
            <textarea
                id="conditions"
                name="form[conditions]"
                class="code"
                rows="3"
                spellcheck="false"
                aria-describedby="conditions-help"
                aria-invalid=is_wrong(error, "conditions")
                inner_html=value.replace('&', "&amp;").replace('<', "&lt;")
                on:change=move |event| typed.set(event_target_value(&event))
            ></textarea>
            <div aria-hidden="true">{arrow}</div>
        </Field>
    }
}
