//! Alert rules, what they would have done, and what they did.

use chrono::{DateTime, Utc};
use contract::alert::Alert;
use contract::id::{RuleId, Slug};
use contract::listing::Place;
use contract::rule::{self, Backtested, Spec};
#[cfg(feature = "ssr")]
use contract::{alert, rpc::Role};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::visit;

/// All rules of the tenant, in the order of their names.
#[server(prefix = "/fn", endpoint = "rules", input = Json)]
pub async fn rules(tenant: Slug) -> Result<Vec<rule::Rule>, Error> {
    visit::serve("rules", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        member.ask(rule::List::ALL).await
    })
    .await
}

#[server(prefix = "/fn", endpoint = "rule", input = Json)]
pub async fn rule(tenant: Slug, id: RuleId) -> Result<rule::Rule, Error> {
    visit::serve("rule", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        member.ask(rule::Read { id }).await
    })
    .await
}

#[server(prefix = "/fn", endpoint = "create-rule", input = Json)]
pub async fn create_rule(tenant: Slug, spec: Spec) -> Result<rule::Rule, Error> {
    visit::serve("create-rule", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(rule::Create { spec }).await
    })
    .await
}

/// Refused when the rule has another revision by now.
#[server(prefix = "/fn", endpoint = "update-rule", input = Json)]
pub async fn update_rule(
    tenant: Slug,
    id: RuleId,
    spec: Spec,
    revision: Option<i64>,
) -> Result<rule::Rule, Error> {
    visit::serve("update-rule", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(rule::Update { id, spec, revision }).await
    })
    .await
}

/// Mutes a rule or lets it speak again: a muted one is not judged. Refused when somebody else changes the rule at that moment.
#[server(prefix = "/fn", endpoint = "mute-rule", input = Json)]
pub async fn mute_rule(tenant: Slug, id: RuleId, muted: bool) -> Result<rule::Rule, Error> {
    visit::serve("mute-rule", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        let known = member.ask(rule::Read { id }).await?;
        let spec = Spec {
            paused: muted,
            ..known.spec
        };
        let revision = Some(known.revision);
        member.ask(rule::Update { id, spec, revision }).await
    })
    .await
}

/// Its open alerts are resolved.
#[server(prefix = "/fn", endpoint = "delete-rule", input = Json)]
pub async fn delete_rule(tenant: Slug, id: RuleId) -> Result<(), Error> {
    visit::serve("delete-rule", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(rule::Delete { id }).await
    })
    .await
}

/// When would a rule have fired, if it had been there from an instant on?
#[server(prefix = "/fn", endpoint = "backtest", input = Json)]
pub async fn backtest(
    tenant: Slug,
    spec: Spec,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Backtested, Error> {
    visit::serve("backtest", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        let question = rule::Backtest {
            spec,
            from_ms: from.timestamp_millis(),
            to_ms: to.timestamp_millis(),
        };
        member.ask(question).await
    })
    .await
}

/// Alerts of the tenant or of one of its rules, open ones first, then the newest first, from the first or behind a place.
#[server(prefix = "/fn", endpoint = "alerts", input = Json)]
pub async fn alerts(
    tenant: Slug,
    rule: Option<RuleId>,
    limit: u32,
    before: Option<Place>,
) -> Result<Vec<Alert>, Error> {
    visit::serve("alerts", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        let open_only = false;
        let question = alert::List {
            rule,
            open_only,
            limit,
            before,
        };
        member.ask(question).await
    })
    .await
}
