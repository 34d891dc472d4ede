//! `PUT|DELETE /tenants/{tenant}/maintenances/{id}`

use axum::Json;
use axum::http::StatusCode;
use contract::id::MaintenanceId;
use contract::maintenance::{Delete, Maintenance, Spec, Update};
use service::problem::ProblemResponse;

use crate::server::bearer::Editor;
use crate::server::extract::{Body, Id};

pub(super) async fn update(
    Editor(member): Editor,
    Id(id): Id<MaintenanceId>,
    Body(spec): Body<Spec>,
) -> Result<Json<Maintenance>, ProblemResponse> {
    Ok(Json(member.ask(Update { id, spec }).await?))
}

/// One that is going on ends.
pub(super) async fn remove(
    Editor(member): Editor,
    Id(id): Id<MaintenanceId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Delete { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}
