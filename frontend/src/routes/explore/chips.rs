//! The conditions on labels, each a chip that can be taken away, and a small form that adds one.

use contract::query::Matcher;
use leptos::prelude::*;
use leptos_router::components::Form;

use super::found::Found;
use crate::api;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::explore::{AGGREGATES, Selection};

const OPERATORS: [(&str, &str); 4] = [
    ("=", "is"),
    ("!=", "is not"),
    ("=~", "matches"),
    ("!~", "does not match"),
];

#[component]
pub fn Chips(tenant: Tenant, found: Found) -> impl IntoView {
    let selection = found.selection.clone();
    let labels = found.metric().map(|metric| metric.labels.clone());
    let labels = labels.unwrap_or_default();
    let chips = selection.matchers();
    let chips = chips
        .iter()
        .enumerate()
        .map(|(index, matcher)| chip(tenant, &selection, index, matcher));
    let chips = chips.collect_view();
    let metric = selection.metric.clone();
    let add = (!labels.is_empty()).then(|| {
        view! { <Add action=tenant.path("/explore") selection metric labels tenant /> }
    });
    view! {
        <div class="chips row" role="group" aria-label="Conditions on labels">
            {chips} {add}
        </div>
    }
}

fn chip(
    tenant: Tenant,
    selection: &Selection,
    index: usize,
    matcher: &Matcher,
) -> impl IntoView + use<> {
    let query = selection.without(index).query();
    let href = tenant.path(&format!("/explore?{query}"));
    let words = matcher.to_string();
    let label = format!("Remove the condition {words}");
    view! {
        <span class="chip">
            <code>{words}</code>
            <a href=href data-noscroll="" aria-label=label>"×"</a>
        </span>
    }
}

/// A label, an operator, a value. Values that there are are proposed as soon as a label is chosen.
#[component]
fn Add(
    action: String,
    selection: Selection,
    metric: String,
    labels: Vec<String>,
    tenant: Tenant,
) -> impl IntoView {
    let values = Action::new(move |label: &String| {
        let (label, metric) = (label.clone(), metric.clone());
        async move { api::label_values(tenant.id()?, metric, label).await }
    });
    let first = labels.first().cloned().unwrap_or_default();
    let known = move || {
        let values = values
            .value()
            .get()
            .and_then(Result::ok)
            .unwrap_or_default();
        let values = values.into_iter();
        values
            .map(|value| view! { <option value=value></option> })
            .collect_view()
    };
    let kept = [
        ("metric", selection.metric.clone()),
        ("match", selection.filter.clone()),
        ("group_by", selection.group_by.clone()),
        ("range", selection.period.name.to_owned()),
        ("aggregate", how(&selection)),
    ];
    let kept = kept.map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    let labels = labels
        .into_iter()
        .map(|label| view! { <option value=label.clone()>{label.clone()}</option> });
    let operators = OPERATORS
        .map(|(value, words)| view! { <option value=value>{format!("{value}  {words}")}</option> });
    let ask = move |label: String| {
        values.dispatch(label);
    };
    view! {
        <Form method="GET" action attr:class="row add">
            {kept.into_iter().collect_view()}
            <select name="label" aria-label="Label" on:change=move |event| ask(event_target_value(&event))>
                {labels.collect_view()}
            </select>
            <select name="operator" aria-label="Comparison">{operators.into_iter().collect_view()}</select>
            <input
                name="value"
                aria-label="Value"
                placeholder="value"
                list="values"
                autocomplete="off"
                spellcheck="false"
                on:focus=move |_| {
                    if values.value().with_untracked(Option::is_none) {
                        ask(first.clone());
                    }
                }
            />
            <datalist id="values">{known}</datalist>
            <button type="submit" class="small">"Add a condition"</button>
        </Form>
    }
}

fn how(selection: &Selection) -> String {
    let word = AGGREGATES.iter().find(|(it, ..)| *it == selection.how());
    word.map_or_else(String::new, |(_, word, _)| (*word).to_owned())
}
