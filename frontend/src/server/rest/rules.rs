//! `GET|POST /tenants/{tenant}/rules` and `POST /tenants/{tenant}/rules/backtest`

use axum::Json;
use axum::http::StatusCode;
use contract::rule::{Backtest, Backtested, Create, List, Rule, Spec};
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::ToSchema;

use super::listing::{Listed, Page, Piece};
use crate::server::extract::Body;
use crate::server::member::Member;

/// List rules
///
/// In the order of their names.
#[utoipa::path(
    get,
    path = "/rules",
    operation_id = "list_rules",
    tag = "rules",
    params(Piece),
    responses((status = 200, description = "Rules.", body = Vec<Rule>)),
)]
pub(super) async fn list(
    member: Member,
    page: Page<String>,
) -> Result<Listed<Rule>, ProblemResponse> {
    page.ask::<List>(&member).await
}

/// Create a rule
///
/// It is judged within two seconds.
#[utoipa::path(
    post,
    path = "/rules",
    operation_id = "create_rule",
    tag = "rules",
    request_body(content = Spec, example = json!({"name": "Too hot", "kind": "threshold", "metric": "room_temperature", "match": ["room=kitchen"], "aggregate": "avg", "window_s": 300, "operator": ">", "value": 30.0, "severity": "warning"})),
    responses((status = 201, description = "The rule.", body = Rule), (status = 409, description = "The name is taken.")),
)]
pub(super) async fn create(
    member: Member,
    Body(spec): Body<Spec>,
) -> Result<(StatusCode, Json<Rule>), ProblemResponse> {
    let rule = member.ask(Create { spec }).await?;
    Ok((StatusCode::CREATED, Json(rule)))
}

/// A rule that is not saved, and the time it is tried against.
#[derive(Deserialize, ToSchema)]
pub(super) struct Trial {
    rule: Spec,
    /// Unix milliseconds; 24 hours before `to` where absent.
    from: Option<i64>,
    /// Unix milliseconds; now where absent.
    to: Option<i64>,
}

/// Try a rule
///
/// When would it have fired? Judged against what is stored; nothing is saved.
#[utoipa::path(
    post,
    path = "/rules/backtest",
    operation_id = "backtest_rule",
    tag = "rules",
    request_body(content = Trial, example = json!({"rule": {"name": "Too hot", "kind": "threshold", "metric": "room_temperature", "match": ["room=kitchen"], "aggregate": "avg", "window_s": 300, "operator": ">", "value": 30.0, "severity": "warning"}})),
    responses((status = 200, description = "What it would have told.", body = Backtested)),
)]
pub(super) async fn backtest(
    member: Member,
    Body(trial): Body<Trial>,
) -> Result<Json<Backtested>, ProblemResponse> {
    let to_ms = trial.to.unwrap_or(service::now().timestamp_millis());
    let request = Backtest {
        spec: trial.rule,
        from_ms: trial.from.unwrap_or(i64::MIN),
        to_ms,
    };
    Ok(Json(member.ask(request).await?))
}
