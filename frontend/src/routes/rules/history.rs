//! What rules told, open alerts first, a page at a time. The address says which page, so it works without a script.

use contract::alert::Alert;
use contract::id::RuleId;
use contract::monitor::State;
use leptos::either::Either;
use leptos::prelude::*;

use crate::components::pager::Pager;
use crate::components::state::StateBadge;
use crate::components::time::Time;
use crate::components::trace_link::TraceLink;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::figure::{count, duration};
use crate::view::place;
use crate::view::rule::{group, severity_state};
use crate::view::state::capitalised;

#[component]
pub fn History(
    tenant: Tenant,
    /// Absent for the alerts of all rules.
    #[prop(optional_no_strip)]
    rule: Option<RuleId>,
    /// At most [`place::READ`].
    alerts: Signal<Vec<Alert>>,
    /// They are not the newest.
    is_older: bool,
) -> impl IntoView {
    let here =
        tenant.path(&rule.map_or_else(|| "/rules".to_owned(), |rule| format!("/rules/{rule}")));
    let newest = is_older.then(|| format!("{here}#alerts"));
    let older = Signal::derive(move || {
        let last = alerts.with(|all| place::behind(all, place::of_alert))?;
        Some(format!("{here}?{}#alerts", place::write(last)))
    });
    view! {
        <Table tenant alerts />
        <Pager label="Pages of alerts" newest older />
    }
}

#[component]
fn Table(tenant: Tenant, alerts: Signal<Vec<Alert>>) -> impl IntoView {
    move || {
        let alerts: Vec<Alert> = alerts.with(|all| place::shown(all).to_vec());
        if alerts.is_empty() {
            return Either::Left(view! { <p class="quiet-text">"Nothing was told yet."</p> });
        }
        let rows = alerts.into_iter().map(|alert| row(tenant, alert));
        Either::Right(view! {
            <div class="table" tabindex="0" role="group" aria-label="Alerts">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"State"</th>
                            <th scope="col">"Began"</th>
                            <th scope="col" class="number">"Lasted"</th>
                            <th scope="col">"Rule"</th>
                            <th scope="col">"Why"</th>
                            <th scope="col">"How"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        })
    }
}

fn row(tenant: Tenant, alert: Alert) -> impl IntoView {
    let (state, word) = match alert.resolved_at {
        None => (
            severity_state(alert.severity),
            capitalised(alert.severity.as_str()),
        ),
        Some(_) => (State::Up, "Recovered".to_owned()),
    };
    let lasted = alert
        .resolved_at
        .map(|at| duration((at - alert.started_at).num_seconds()));
    let told = format!("the alert of {}", alert.rule_name);
    let rule = match alert.rule {
        Some(id) => {
            let href = tenant.path(&format!("/rules/{id}"));
            Either::Left(view! { <a href=href>{alert.rule_name}</a> })
        }
        None => Either::Right(format!("{} (deleted)", alert.rule_name)),
    };
    let of = (!alert.labels.is_empty()).then(|| {
        let words = group(&alert.labels);
        view! { <p class="quiet-text small wrap">{words}</p> }
    });
    let reminders = usize::try_from(alert.reminders).unwrap_or_default();
    let reminded = (reminders > 0).then(|| format!(" ({} sent)", count(reminders, "reminder")));
    view! {
        <tr>
            <td><StateBadge state word /></td>
            <td class="nowrap"><Time at=alert.started_at /></td>
            <td class="number">{lasted.unwrap_or_else(|| "still open".to_owned())}</td>
            <td>{rule} {of}</td>
            <td>{capitalised(&alert.reason)} {reminded}</td>
            <td class="nowrap"><TraceLink trace=alert.trace of=told /></td>
        </tr>
    }
}
