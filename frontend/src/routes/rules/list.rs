//! The rules there are, those that fire first.

use contract::alert::Alert;
use contract::rpc::Role;
use contract::rule::Rule;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::Actions;
use crate::components::state::StateBadge;
use crate::components::time::{Ago, Time};
use crate::routes::dashboard::tenant::Tenant;
use crate::view::rule::{Standing, by_need, sentence, standing};
use crate::view::state::capitalised;

#[component]
pub fn List(
    tenant: Tenant,
    rules: Signal<Vec<Rule>>,
    alerts: Signal<Vec<Alert>>,
    actions: Actions,
) -> impl IntoView {
    let rows = move || {
        let (mut rules, alerts) = (rules.get(), alerts.get());
        by_need(&mut rules, &alerts);
        rules
            .into_iter()
            .map(|rule| row(tenant, &rule, standing(&rule, &alerts), actions))
            .collect_view()
    };
    move || {
        if rules.with(Vec::is_empty) {
            return Either::Left(view! { <NothingYet tenant /> });
        }
        Either::Right(view! {
            <div class="table">
                <table data-rows>
                    <thead>
                        <tr>
                            <th scope="col">"State"</th>
                            <th scope="col">"Rule"</th>
                            <th scope="col">"Severity"</th>
                            <th scope="col">"Since"</th>
                            <th scope="col"><span class="visually-hidden">"Mute"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        })
    }
}

fn row(tenant: Tenant, rule: &Rule, standing: Standing, actions: Actions) -> impl IntoView + use<> {
    let href = tenant.path(&format!("/rules/{}", rule.id));
    let words = capitalised(&sentence(&rule.spec.condition, |id| tenant.name_of(id)));
    let since = match standing {
        Standing::Firing { since, .. } => Some(view! { <Time at=since /> " " <Ago at=since /> }),
        Standing::Muted | Standing::Quiet => None,
    };
    let name = rule.spec.name.clone();
    let severity = capitalised(rule.spec.severity.as_str());
    let (id, paused) = (rule.id, rule.spec.paused);
    view! {
        <tr>
            <td><StateBadge state=standing.state() word=standing.word() /></td>
            <th scope="row">
                <a href=href>{name.clone()}</a>
                <p class="quiet-text small wrap">{words}</p>
            </th>
            <td>{severity}</td>
            <td class="nowrap">{since}</td>
            <td class="number">
                {move || tenant.may(Role::Editor).then(|| mute(tenant, id.to_string(), &name, paused, actions))}
            </td>
        </tr>
    }
}

fn mute(
    tenant: Tenant,
    id: String,
    name: &str,
    paused: bool,
    actions: Actions,
) -> impl IntoView + use<> {
    let word = if paused { "Unmute" } else { "Mute" };
    let label = format!("{word} {name}");
    view! {
        <ActionForm action=actions.mute>
            <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="muted" value=(!paused).to_string() />
            <button type="submit" class="small" aria-label=label>{word}</button>
        </ActionForm>
    }
}

#[component]
fn NothingYet(tenant: Tenant) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>"No rule watches yet"</h2>
            <p>
                "Monitors tell by themselves when they go down. A rule tells more: a metric beyond a limit or silent, answers that fail,
                slow responses, a certificate that expires. It is tried against the last 24 hours before it is saved."
            </p>
            <p><a class="button primary" href=tenant.path("/rules/new")>"Create a rule"</a></p>
        </div>
    }
}
