//! The channels there are, each with the log of its latest deliveries.

use contract::channel::{Channel, Delivery, Spec};
use contract::id::ChannelId;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::Actions;
use super::log::{older, table};
use crate::components::removal::RemovalOf;
use crate::components::time::Time;
use crate::routes::dashboard::tenant::Tenant;

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
    let older = older(tenant, channel.id, &log);
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
            {table(&log)}
            {older.map(|href| view! { <p><a href=href>"Older deliveries"</a></p> })}
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
    let edit = tenant.path(&format!("/channels/{id}"));
    let edited = format!("Edit {}", spec.name);
    view! {
        <div class="row">
            <a class="button small" href=edit aria-label=edited>"Edit"</a>
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
