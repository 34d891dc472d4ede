//! `GET|PUT|DELETE /tenants/{tenant}/rules/{id}`

use axum::Json;
use axum::http::StatusCode;
use contract::id::RuleId;
use contract::rule::{Delete, Read, Rule, Spec, Update};
use service::problem::ProblemResponse;

use super::since::Since;
use crate::server::extract::{Body, Id, Query};
use crate::server::member::Member;

/// Read a rule
#[utoipa::path(
    get,
    path = "/rules/{id}",
    operation_id = "read_rule",
    tag = "rules",
    responses((status = 200, description = "The rule.", body = Rule)),
)]
pub(super) async fn read(
    member: Member,
    Id(id): Id<RuleId>,
) -> Result<Json<Rule>, ProblemResponse> {
    Ok(Json(member.ask(Read { id }).await?))
}

/// Change a rule
///
/// Alerts that are open stay open while the new condition holds.
#[utoipa::path(
    put,
    path = "/rules/{id}",
    operation_id = "update_rule",
    tag = "rules",
    params(Since),
    request_body(content = Spec, example = json!({"name": "Too hot", "kind": "threshold", "metric": "room_temperature", "match": ["room=kitchen"], "aggregate": "avg", "window_s": 300, "operator": ">", "value": 35.0, "severity": "warning"})),
    responses((status = 200, description = "The rule as it is now.", body = Rule), (status = 409, description = "It changed meanwhile, or the name is taken.")),
)]
pub(super) async fn update(
    member: Member,
    Id(id): Id<RuleId>,
    Query(Since { revision }): Query<Since>,
    Body(spec): Body<Spec>,
) -> Result<Json<Rule>, ProblemResponse> {
    let update = Update { id, spec, revision };
    Ok(Json(member.ask(update).await?))
}

/// Delete a rule
///
/// Its open alerts are resolved.
#[utoipa::path(
    delete,
    path = "/rules/{id}",
    operation_id = "delete_rule",
    tag = "rules",
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn remove(
    member: Member,
    Id(id): Id<RuleId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Delete { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}
