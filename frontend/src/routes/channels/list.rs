//! The channels there are, each with the log of its latest deliveries.

use contract::channel::{Channel, Delivery, DeliveryOutcome, Spec};
use contract::id::ChannelId;
use contract::monitor::State;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::Actions;
use crate::components::removal::RemovalOf;
use crate::components::state::StateBadge;
use crate::components::time::Time;
use crate::components::trace_link::TraceLink;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::time::Precision;

#[component]
pub fn List(
    tenant: Tenant,
    channels: Vec<(Channel, Vec<Delivery>)>,
    actions: Actions,
) -> impl IntoView {
    if channels.is_empty() {
        return Either::Left(view! {
            <div class="empty">
                <h2>"Nobody is told yet"</h2>
                <p>"Add a channel below. It is told when a monitor goes down and when it recovers."</p>
            </div>
        });
    }
    let items = channels
        .into_iter()
        .map(|(channel, log)| item(tenant, channel, log, actions));
    Either::Right(items.collect_view())
}

fn item(tenant: Tenant, channel: Channel, log: Vec<Delivery>, actions: Actions) -> impl IntoView {
    let spec = channel.spec;
    let (kind, address) = (spec.kind().title(), spec.settings.address());
    let muted = spec
        .muted
        .then(|| view! { <p class="note">"Muted: only tests are sent, and what happens meanwhile is not told later."</p> });
    let buttons = buttons(tenant, channel.id, &spec, actions);
    view! {
        <section class="card stack">
            <div class="row apart">
                <h2>{spec.name}</h2>
                {buttons}
            </div>
            <p class="quiet-text wrap">
                {kind} " " <code>{address}</code> ", since "
                <Time at=channel.created_at />
            </p>
            {muted}
            {deliveries(log)}
        </section>
    }
}

fn buttons(tenant: Tenant, id: ChannelId, spec: &Spec, actions: Actions) -> impl IntoView + use<> {
    let lost = format!(
        "Nobody is told by way of {} any more, and its delivery log is lost for good.",
        spec.name
    );
    let name = spec.name.clone();
    let test = format!("Send test to {}", spec.name);
    let (mute, word) = if spec.muted {
        (format!("Unmute {}", spec.name), "Unmute")
    } else {
        (format!("Mute {}", spec.name), "Mute")
    };
    let becomes_muted = (!spec.muted).to_string();
    let target = move || {
        view! {
            <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
            <input type="hidden" name="id" value=id.to_string() />
        }
    };
    view! {
        <div class="row">
            <ActionForm action=actions.test>
                {target()}
                <button type="submit" class="small" aria-label=test>"Send test"</button>
            </ActionForm>
            <ActionForm action=actions.mute>
                {target()}
                <input type="hidden" name="muted" value=becomes_muted />
                <button type="submit" class="small" aria-label=mute>{word}</button>
            </ActionForm>
            <RemovalOf what="Delete" name lost>
                <ActionForm action=actions.delete>
                    {target()}
                    <button type="submit" class="danger small">"Delete the channel"</button>
                </ActionForm>
            </RemovalOf>
        </div>
    }
}

fn deliveries(log: Vec<Delivery>) -> impl IntoView {
    if log.is_empty() {
        return Either::Left(view! { <p class="quiet-text">"Nothing was sent yet."</p> });
    }
    let rows = log.into_iter().map(|one| {
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
