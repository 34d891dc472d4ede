//! The log of a channel's deliveries, newest first, a piece at a time. The address of its page says which, so it works without a script.

use contract::channel::{Delivery, DeliveryOutcome};
use contract::id::ChannelId;
use contract::monitor::State;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api;
use crate::components::pager::Pager;
use crate::components::problem::Refusal;
use crate::components::skeleton::Skeleton;
use crate::components::state::StateBadge;
use crate::components::time::Time;
use crate::components::trace_link::TraceLink;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::place;
use crate::view::time::Precision;

const SHOWN: usize = 50;

#[component]
pub fn Log(tenant: Tenant, channel: ChannelId) -> impl IntoView {
    let query = use_query_map();
    let before = Memo::new(move |_| query.with(|query| place::read(|name| query.get(name))));
    let log = Resource::new(
        move || before.get(),
        move |before| async move { api::deliveries(tenant.id()?, channel, before).await },
    );
    let piece = move |log: Vec<Delivery>| {
        let newest = before.get_untracked().map(|_| here(tenant, channel));
        let older = Signal::stored(older(tenant, channel, &log));
        view! {
            {table(&log)}
            <Pager label="Pages of the log" newest older />
        }
    };
    view! {
        <section aria-labelledby="log">
            <h2 id="log">"Deliveries"</h2>
            <Transition fallback=|| view! { <Skeleton /> }>
                {move || Suspend::new(async move {
                    match log.await {
                        Ok(log) => Either::Left(piece(log)),
                        Err(error) => Either::Right(view! { <Refusal error /> }),
                    }
                })}
            </Transition>
        </section>
    }
}

/// Where the log goes on, if there is more than is shown at once.
pub fn older(tenant: Tenant, channel: ChannelId, log: &[Delivery]) -> Option<String> {
    let last = place::behind(log, SHOWN, place::of_delivery)?;
    let page = tenant.path(&format!("/channels/{channel}"));
    Some(format!("{page}?{}#log", place::write(last)))
}

fn here(tenant: Tenant, channel: ChannelId) -> String {
    tenant.path(&format!("/channels/{channel}#log"))
}

/// As many of a log as are shown at once.
pub fn table(log: &[Delivery]) -> impl IntoView + use<> {
    if log.is_empty() {
        return Either::Left(view! { <p class="quiet-text">"Nothing was sent yet."</p> });
    }
    let rows = log.iter().take(SHOWN).cloned().map(|one| {
        let (state, word) = outcome(one.outcome);
        let of = one.title.clone();
        view! {
            <tr>
                <td class="nowrap"><Time at=one.at precision=Precision::Second /></td>
                <td>{one.title}</td>
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
