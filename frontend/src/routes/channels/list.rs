//! The channels there are, each with the log of its latest deliveries.

use contract::channel::{Channel, Delivery, DeliveryOutcome};
use contract::monitor::State;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::DeleteByForm;
use crate::components::state::StateBadge;
use crate::components::time::Time;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::state::capitalised;
use crate::view::time::Precision;

#[component]
pub fn List(
    tenant: Tenant,
    channels: Vec<(Channel, Vec<Delivery>)>,
    delete: ServerAction<DeleteByForm>,
) -> impl IntoView {
    if channels.is_empty() {
        return Either::Left(view! {
            <div class="empty">
                <h2>"Nobody is told yet"</h2>
                <p>"Add a webhook below. It is called when a monitor goes down and when it recovers."</p>
            </div>
        });
    }
    let items = channels
        .into_iter()
        .map(|(channel, log)| item(tenant, channel, log, delete));
    Either::Right(items.collect_view())
}

fn item(
    tenant: Tenant,
    channel: Channel,
    log: Vec<Delivery>,
    delete: ServerAction<DeleteByForm>,
) -> impl IntoView {
    let label = format!("Delete {} and its delivery log", channel.spec.name);
    view! {
        <section class="card stack">
            <div class="row apart">
                <h2>{channel.spec.name}</h2>
                <ActionForm action=delete>
                    <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                    <input type="hidden" name="id" value=channel.id.to_string() />
                    <button type="submit" class="danger small" aria-label=label>"Delete"</button>
                </ActionForm>
            </div>
            <p class="quiet-text wrap">
                {capitalised(channel.spec.kind.as_str())} " to " <code>{channel.spec.url}</code> ", since "
                <Time at=channel.created_at />
            </p>
            {deliveries(log)}
        </section>
    }
}

fn deliveries(log: Vec<Delivery>) -> impl IntoView {
    if log.is_empty() {
        return Either::Left(view! { <p class="quiet-text">"Nothing was sent yet."</p> });
    }
    let rows = log.into_iter().map(|one| {
        let (state, word) = outcome(one.outcome);
        view! {
            <tr>
                <td class="nowrap"><Time at=one.at precision=Precision::Second /></td>
                <td>{one.title}</td>
                <td><StateBadge state word /></td>
                <td class="number">{one.attempt}</td>
                <td>{one.detail}</td>
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
