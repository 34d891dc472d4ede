//! "Show the trace": from what happened to how it came about.

use contract::telemetry::TraceId;
use leptos::prelude::*;

use crate::routes::dashboard::tenant::Tenant;

/// A link to the trace in which something of the page's tenant came about. Nothing where none can be shown.
#[component]
pub fn TraceLink(
    trace: Option<TraceId>,
    /// What it is the trace of, for those who hear the page.
    #[prop(into)]
    of: String,
) -> impl IntoView {
    let tenant = Tenant::of_page();
    let href = move |id: TraceId| tenant.traces(&format!("/{id}"));
    trace.map(|id| {
        view! {
            <a
                class="trace-link"
                href=move || href(id)
                rel="external"
                aria-label=format!("Show the trace of {of}")
            >
                "Show the trace"
            </a>
        }
    })
}
