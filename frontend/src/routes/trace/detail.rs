//! All that is known of one span.

use contract::telemetry::{Attributes, Log, Placed};
use leptos::prelude::*;

use super::waterfall::severity;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::trace::length;

#[component]
pub fn Detail(one: Placed, logs: Vec<Log>, start_us: i64) -> impl IntoView {
    let tenant = Tenant::of_page();
    let since =
        move |at_us: i64| length(u64::try_from(at_us.saturating_sub(start_us)).unwrap_or_default());
    let span = one.span;
    let message = (!span.status_message.is_empty())
        .then(|| view! { <p class="tone down">{span.status_message.clone()}</p> });
    let links = span.links.iter().map(|link| {
        let trace = link.trace_id;
        view! { <li><a href=move || tenant.path(&format!("/traces/{trace}"))>{trace.to_string()}</a></li> }
    });
    let links = (!span.links.is_empty()).then(|| {
        view! {
            <h3>"Comes from"</h3>
            <ul class="break">{links.take(16).collect_view()}</ul>
        }
    });
    let events = span.events.iter().map(|event| {
        view! {
            <tr>
                <td class="number nowrap">{since(event.at_us)}</td>
                <td>{event.name.clone()}</td>
                <td>{list(&event.attributes)}</td>
            </tr>
        }
    });
    let logs = logs.iter().map(|log| {
        view! {
            <tr>
                <td class="number nowrap">{since(log.record.at_us)}</td>
                <td>{severity(log.record.severity)}</td>
                <td>{log.record.body.clone()} {list(&log.record.attributes)}</td>
            </tr>
        }
    });
    let said: Vec<_> = events
        .map(IntoAny::into_any)
        .chain(logs.map(IntoAny::into_any))
        .collect();
    let said = (!said.is_empty()).then(|| {
        view! {
            <h3>"Events and logs"</h3>
            <div class="table"><table><tbody>{said}</tbody></table></div>
        }
    });
    view! {
        <section class="card span-detail" aria-labelledby="span" id="span-detail">
            <h2 id="span" class="break">{one.service} ": " {span.name.clone()}</h2>
            <p class="quiet-text">{format!("after {}, for {}", since(span.start_us), length(span.duration_us))}</p>
            {message}
            {list(&span.attributes)}
            {links}
            {said}
        </section>
    }
}

fn list(attributes: &Attributes) -> impl IntoView + use<> {
    let pairs = attributes.iter().map(|(name, value)| {
        view! {
            <div>
                <dt>{name.clone()}</dt>
                <dd>{value.to_string()}</dd>
            </div>
        }
    });
    view! { <dl class="attributes">{pairs.collect_view()}</dl> }
}
