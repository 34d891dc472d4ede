//! One trace as a waterfall, with the traces that it is joined with by messages.

pub mod detail;
pub mod waterfall;

use contract::rpc;
use contract::telemetry::{Joined, SpanId, TraceId};
use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::api::{self, Error};
use crate::components::problem::Refusal;
use crate::components::time::Time;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::figure::count;
use crate::view::time::Precision;
use crate::view::trace::{Content, Picture, draw, length};
use detail::Detail;
use waterfall::Waterfall;

#[component]
pub fn Trace() -> impl IntoView {
    let tenant = Tenant::of_page();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    let joined = Resource::new(
        move || (tenant.slug.get(), id.get()),
        move |(_, id)| async move {
            let id: TraceId = id
                .parse()
                .map_err(|_| Error::Refused(rpc::Error::not_found("trace")))?;
            api::trace(tenant.id()?, id).await
        },
    );
    view! {
        <Title text="Trace" />
        <Transition fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
            {move || Suspend::new(async move {
                match joined.await {
                    Ok(joined) => EitherOf3::A(view! { <Whole joined /> }),
                    Err(error) if error.is_not_found() => EitherOf3::B(view! { <Absent /> }),
                    Err(error) => {
                        EitherOf3::C(view! {
                            <h1>"Trace"</h1>
                            <Refusal error />
                        })
                    }
                }
            })}
        </Transition>
    }
}

#[component]
fn Absent() -> impl IntoView {
    view! {
        <h1>"Trace"</h1>
        <div class="empty">
            <h2>"Nothing of this trace is here"</h2>
            <p>
                "Services tell of what they did some seconds later: load this page again. Traces are kept for a day, or as the plan says,
                and where there are too many, only a share of them."
            </p>
        </div>
    }
}

#[component]
fn Whole(joined: Joined) -> impl IntoView {
    let picture = draw(&joined);
    let root = picture.rows.first().map(|row| row.content.clone());
    let title = match root {
        Some(Content::Span(one)) => format!("{}: {}", one.service, one.span.name),
        _ => "Trace".to_owned(),
    };
    let traces: std::collections::BTreeSet<TraceId> =
        joined.spans.iter().map(|one| one.span.trace_id).collect();
    let at = chrono::DateTime::from_timestamp_micros(picture.start_us).unwrap_or_default();
    let more = (joined.truncated || picture.hidden > 0).then(|| {
        view! { <p class="quiet-text">"There is more than is shown here."</p> }
    });
    let services = picture.services.iter().map(|one| {
        view! {
            <li class=format!("service hue-{}", one.hue)>
                <i class="swatch"></i>
                {one.name.clone()}
                <span class="quiet-text">{one.spans}</span>
            </li>
        }
    });
    let services = services.collect_view();
    let stored = StoredValue::new((joined, picture.clone()));
    let query = use_query_map();
    let chosen = Memo::new(move |_| {
        let id = query.with(|query| query.get("span"))?;
        id.parse::<SpanId>().ok()
    });
    view! {
        <header>
            <h1 class="break">{title}</h1>
            <p class="quiet-text">
                <Time at precision=Precision::Second /> ", " {length(picture.length_us)} ", "
                {count(stored.with_value(|(joined, _)| joined.spans.len()), "span")} " of "
                {count(picture.services.len(), "service")} " in " {count(traces.len(), "trace")}
            </p>
            <ul class="services">{services}</ul>
        </header>
        {more}
        <Waterfall picture />
        {move || {
            let id = chosen.get()?;
            stored.with_value(|(joined, picture): &(Joined, Picture)| {
                let one = joined.spans.iter().find(|one| one.span.span_id == id)?.clone();
                let logs = joined.logs.iter().filter(|log| log.record.span_id == Some(id)).cloned();
                Some(view! { <Detail one logs=logs.collect() start_us=picture.start_us /> })
            })
        }}
    }
}
