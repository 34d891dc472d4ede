//! The log of a channel's deliveries, newest first, a piece at a time. The address of its page says which, so it works without a script.

use contract::channel::{Delivery, DeliveryOutcome};
use contract::id::ChannelId;
use contract::monitor::State;
use leptos::either::Either;
use leptos::prelude::*;

use crate::components::pager::Pager;
use crate::components::state::StateBadge;
use crate::components::time::Time;
use crate::components::trace_link::TraceLink;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::place;
use crate::view::time::Precision;

#[component]
pub fn Log(
    tenant: Tenant,
    channel: ChannelId,
    log: Vec<Delivery>,
    /// They are not the newest.
    is_older: bool,
) -> impl IntoView {
    let newest = is_older.then(|| tenant.path(&format!("/channels/{channel}#log")));
    let older = Signal::stored(older(tenant, channel, &log));
    view! {
        <section aria-labelledby="log">
            <h2 id="log">"Deliveries"</h2>
            {table(&log)}
            <Pager label="Pages of the log" newest older />
        </section>
    }
}

/// Where the log goes on, if there is more than is shown at once.
pub fn older(tenant: Tenant, channel: ChannelId, log: &[Delivery]) -> Option<String> {
    let last = place::behind(log, place::of_delivery)?;
    let page = tenant.path(&format!("/channels/{channel}"));
    Some(format!("{page}?{}#log", place::write(last)))
}

/// As many of a log as are shown at once.
pub fn table(log: &[Delivery]) -> impl IntoView + use<> {
    if log.is_empty() {
        return Either::Left(view! { <p class="quiet-text">"Nothing was sent yet."</p> });
    }
    let rows = place::shown(log).iter().cloned().map(|one| {
        let (state, word) = outcome(one.outcome);
        let of = one.title.clone();
        view! {
            <tr>
                <td class="nowrap"><Time at=one.at precision=Precision::Second /></td>
                <td class="wrap">{one.title}</td>
                <td><StateBadge state word /></td>
                <td class="number">{one.attempt}</td>
                <td>{one.detail}</td>
                <td class="nowrap"><TraceLink trace=one.trace of /></td>
            </tr>
        }
    });
    Either::Right(view! {
        <div class="table" tabindex="0" role="group" aria-label="Delivery log">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"What"</th>
                        <th scope="col">"Outcome"</th>
                        <th scope="col" class="number">"Attempt"</th>
                        <th scope="col">"Answer"</th>
                        <th scope="col">"How"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    })
}

fn outcome(outcome: DeliveryOutcome) -> (State, &'static str) {
    match outcome {
        DeliveryOutcome::Delivered => (State::Up, "Delivered"),
        DeliveryOutcome::Failed => (State::Degraded, "Failed, will try again"),
        DeliveryOutcome::Dead => (State::Down, "Given up"),
    }
}
