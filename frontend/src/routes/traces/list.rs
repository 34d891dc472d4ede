//! What was found, newest first, with bars to compare durations by.

use chrono::DateTime;
use contract::telemetry::Summary;
use leptos::prelude::*;

use crate::components::time::Time;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::figure::count;
use crate::view::time::Precision;
use crate::view::trace::{hue, length};

#[component]
pub fn List(tenant: Tenant, traces: Vec<Summary>, next: Option<String>) -> impl IntoView {
    let longest = traces.iter().map(|one| one.duration_us).max();
    let nothing = traces.is_empty().then(|| {
        view! {
            <div class="empty">
                <h2>"No trace matches"</h2>
                <p>
                    "Send your own with any OpenTelemetry SDK: set OTEL_EXPORTER_OTLP_ENDPOINT to " <code>{tenant.ingress_url.get_untracked()}</code>
                    " and OTEL_EXPORTER_OTLP_HEADERS to " <code>"authorization=Bearer%20<token>"</code>
                    ", with a token that may push traces and logs."
                </p>
            </div>
        }
    });
    let rows = traces
        .into_iter()
        .map(|one| view! { <Line tenant one longest=longest.unwrap_or(1) /> });
    let older = next.map(|query| {
        view! { <p><a class="button" href=move || tenant.path(&format!("/traces{query}"))>"Older"</a></p> }
    });
    view! {
        {nothing}
        <ol class="traces">{rows.collect_view()}</ol>
        {older}
    }
}

#[component]
fn Line(tenant: Tenant, one: Summary, longest: u64) -> impl IntoView {
    let id = one.id;
    #[expect(clippy::cast_precision_loss, reason = "the width of a bar")]
    let share = one.duration_us as f64 / longest.max(1) as f64 * 100.0;
    let at = DateTime::from_timestamp_micros(one.start_us).unwrap_or_default();
    let services = one.services.iter().map(|name| {
        view! { <li class=format!("service hue-{}", hue(name))><i class="swatch"></i>{name.clone()}</li> }
    });
    let errors = (one.errors > 0).then(|| {
        view! { <span class="tone down">{count(one.errors, "error")}</span> }
    });
    view! {
        <li class=format!("hue-{}", hue(&one.service))>
            <a href=move || tenant.path(&format!("/traces/{id}"))>
                <b>{one.service.clone()}</b> " " {one.operation.clone()}
            </a>
            <svg class="track" aria-hidden="true">
                <rect width=format!("{share:.2}%") height="100%" rx="2" />
            </svg>
            <span class="number">{length(one.duration_us)}</span>
            <ul class="services">{services.collect_view()}</ul>
            <span class="quiet-text small">
                {count(one.spans, "span")} " " {errors} " " <Time at precision=Precision::Second />
            </span>
        </li>
    }
}
