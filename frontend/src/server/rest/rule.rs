//! `GET|PUT|DELETE /tenants/{tenant}/rules/{id}`

use axum::Json;
use axum::http::StatusCode;
use contract::id::RuleId;
use contract::rule::{Delete, Read, Rule, Spec, Update};
use service::problem::ProblemResponse;

use crate::server::bearer::{Editor, Viewer};
use crate::server::extract::{Body, Id};

pub(super) async fn read(
    Viewer(member): Viewer,
    Id(id): Id<RuleId>,
) -> Result<Json<Rule>, ProblemResponse> {
    Ok(Json(member.ask(Read { id }).await?))
}

pub(super) async fn update(
    Editor(member): Editor,
    Id(id): Id<RuleId>,
    Body(spec): Body<Spec>,
) -> Result<Json<Rule>, ProblemResponse> {
    Ok(Json(member.ask(Update { id, spec }).await?))
}

/// Its open alerts are resolved.
pub(super) async fn remove(
    Editor(member): Editor,
    Id(id): Id<RuleId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Delete { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}
