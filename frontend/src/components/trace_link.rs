//! "Show the trace": from what happened to how it came about.

use contract::telemetry::TraceId;
use leptos::prelude::*;

use crate::routes::dashboard::tenant::Tenant;

/// A link to a trace of the page's tenant. Nothing where no trace is known.
#[component]
pub fn TraceLink(
    trace: Option<TraceId>,
    /// What it is the trace of, for those who hear the page.
    #[prop(into)]
    of: String,
) -> impl IntoView {
    let tenant = Tenant::of_page();
    let href = move |id: TraceId| tenant.path(&format!("/traces/{id}"));
    trace.map(|id| {
        view! {
            <a class="trace-link" href=move || href(id) aria-label=format!("Show the trace of {of}")>
                "Show the trace"
            </a>
        }
    })
}
