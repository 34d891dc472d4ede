//! What is looked for.

use contract::telemetry::ServiceOperations;
use leptos::prelude::*;
use leptos_router::components::Form;

use super::Asked;
use crate::view::figure::digits;
use crate::view::period::PERIODS;

/// A form that only changes the URL.
#[component]
pub fn Filter(asked: Asked, services: Vec<ServiceOperations>) -> impl IntoView {
    let Asked { search, period, .. } = asked;
    let chosen = search.service.clone().unwrap_or_default();
    let operations: Vec<String> = services
        .iter()
        .filter(|one| chosen.is_empty() || one.service == chosen)
        .flat_map(|one| one.operations.clone())
        .collect();
    let options = services.into_iter().map(move |one| {
        let is_chosen = one.service == chosen;
        view! { <option value=one.service.clone() selected=is_chosen>{one.service.clone()}</option> }
    });
    let periods = PERIODS[..4].iter().map(move |one| {
        view! { <option value=one.name selected=one.name == period>{one.label}</option> }
    });
    let stretch = [("from", search.from_ms), ("to", search.to_ms)];
    let stretch = stretch.map(|(name, ms)| {
        ms.map(|ms| view! { <input type="hidden" name=name value=ms.to_string() /> })
    });
    let text = |value: Option<String>| value.unwrap_or_default();
    let ms = |us: Option<u64>| us.map(milliseconds).unwrap_or_default();
    view! {
        <Form method="GET" action="" attr:class="trace-filter" attr:role="search">
            {stretch.into_iter().collect_view()}
            <label>
                "Service"
                <select name="service">
                    <option value="">"any"</option>
                    {options.collect_view()}
                </select>
            </label>
            <label>
                "Operation"
                <input name="operation" list="operations" autocomplete="off" value=text(search.operation) />
            </label>
            <datalist id="operations">
                {operations.into_iter().map(|name| view! { <option value=name></option> }).collect_view()}
            </datalist>
            <label>
                "Attribute"
                <input name="attribute" placeholder="http.route=/cart" autocomplete="off" value=text(search.attribute) />
            </label>
            <label>
                "From, ms"
                <input name="min" inputmode="decimal" size="6" value=ms(search.min_duration_us) />
            </label>
            <label>
                "To, ms"
                <input name="max" inputmode="decimal" size="6" value=ms(search.max_duration_us) />
            </label>
            <label>
                "Within"
                <select name="period">{periods.collect_view()}</select>
            </label>
            <label class="tick">
                <input type="checkbox" name="error" checked=search.error />
                "Only errors"
            </label>
            <button type="submit" class="primary">"Find"</button>
        </Form>
    }
}

pub(super) fn milliseconds(us: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "as it was typed")]
    let ms = us as f64 / 1_000.0;
    digits(ms)
}
