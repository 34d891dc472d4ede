//! What to look at: metric, labels, aggregate, range. A form that is a link.

use contract::query::Metric;
use leptos::prelude::*;
use leptos_router::components::Form;

use super::found::Found;
use crate::view::explore::AGGREGATES;
use crate::view::period::PERIODS;

#[component]
pub fn Picker(action: String, found: Found) -> impl IntoView {
    let Found {
        metrics, selection, ..
    } = found;
    let labels = metrics
        .iter()
        .find(|metric| metric.name == selection.metric)
        .map(|metric| metric.labels.clone())
        .unwrap_or_default();
    let aggregates = AGGREGATES
        .map(|(aggregate, name, words)| option(name, words, aggregate == selection.how()));
    let periods =
        PERIODS.map(|period| option(period.name, period.label, period == selection.period));
    view! {
        <Form method="GET" action attr:class="picker card" attr:data-autosubmit="">
            <div class="field wide">
                <label for="metric">"Metric"</label>
                <input id="metric" name="metric" list="metrics" autocomplete="off" spellcheck="false" value=selection.metric.clone() />
                <datalist id="metrics">{metrics.iter().map(suggestion).collect_view()}</datalist>
            </div>
            <input type="hidden" name="match" value=selection.filter.clone() />
            <div class="field">
                <label for="aggregate">"Show the"</label>
                <select id="aggregate" name="aggregate">{aggregates.into_iter().collect_view()}</select>
            </div>
            <div class="field">
                <label for="group_by">"One line for"</label>
                <select id="group_by" name="group_by">
                    {option("", "each series", selection.group_by.is_empty())}
                    {labels.iter().map(|label| option(label, &format!("each {label}"), selection.group_by == *label)).collect_view()}
                    {option("all", "all together", selection.group_by == "all")}
                </select>
            </div>
            <div class="field">
                <label for="range">"Over the last"</label>
                <select id="range" name="range">{periods.into_iter().collect_view()}</select>
            </div>
            <button type="submit">"Show"</button>
        </Form>
    }
}

fn option(value: &str, words: &str, selected: bool) -> impl IntoView + use<> {
    view! {
        <option value=value.to_owned() selected=selected>
            {words.to_owned()}
        </option>
    }
}

fn suggestion(metric: &Metric) -> impl IntoView + use<> {
    let series = usize::try_from(metric.series_count).unwrap_or_default();
    let unit = metric.unit.as_deref().map(|unit| format!(", {unit}"));
    view! {
        <option value=metric.name.clone()>
            {format!("{} series{}", series, unit.unwrap_or_default())}
        </option>
    }
}
