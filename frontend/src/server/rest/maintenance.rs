//! `GET|PUT|DELETE /tenants/{tenant}/maintenances/{id}`

use axum::Json;
use axum::http::StatusCode;
use contract::id::MaintenanceId;
use contract::maintenance::{Delete, Maintenance, Overview, Read, Spec, Update};
use service::problem::ProblemResponse;

use crate::server::extract::{Body, Id};
use crate::server::member::Member;

/// Read planned work
///
/// With when it is or will be next.
#[utoipa::path(
    get,
    path = "/maintenances/{id}",
    operation_id = "read_maintenance",
    tag = "maintenances",
    responses((status = 200, description = "The window.", body = Overview)),
)]
pub(super) async fn read(
    member: Member,
    Id(id): Id<MaintenanceId>,
) -> Result<Json<Overview>, ProblemResponse> {
    Ok(Json(member.ask(Read { id }).await?))
}

/// Change planned work
#[utoipa::path(
    put,
    path = "/maintenances/{id}",
    operation_id = "update_maintenance",
    tag = "maintenances",
    request_body(content = Spec, example = json!({"name": "Database upgrade", "repeat": "once", "from": "2031-01-01T02:00:00Z", "to": "2031-01-01T03:00:00Z"})),
    responses((status = 200, description = "The window as it is now.", body = Maintenance)),
)]
pub(super) async fn update(
    member: Member,
    Id(id): Id<MaintenanceId>,
    Body(spec): Body<Spec>,
) -> Result<Json<Maintenance>, ProblemResponse> {
    Ok(Json(member.ask(Update { id, spec }).await?))
}

/// Delete planned work
///
/// One that is going on ends.
#[utoipa::path(
    delete,
    path = "/maintenances/{id}",
    operation_id = "delete_maintenance",
    tag = "maintenances",
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn remove(
    member: Member,
    Id(id): Id<MaintenanceId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Delete { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}
