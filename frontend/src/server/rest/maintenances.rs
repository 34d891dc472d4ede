//! `GET|POST /tenants/{tenant}/maintenances`

use axum::Json;
use axum::http::StatusCode;
use contract::id::MaintenanceId;
use contract::maintenance::{Create, List, Maintenance, Overview, Spec};
use service::problem::ProblemResponse;

use super::listing::{Listed, Page, Piece};
use crate::server::extract::Body;
use crate::server::member::Member;

/// List planned work
///
/// In the order in which they were planned, each with when it is or will be next.
#[utoipa::path(
    get,
    path = "/maintenances",
    operation_id = "list_maintenances",
    tag = "maintenances",
    params(Piece),
    responses((status = 200, description = "Windows.", body = Vec<Overview>)),
)]
pub(super) async fn list(
    member: Member,
    page: Page<MaintenanceId>,
) -> Result<Listed<Overview>, ProblemResponse> {
    page.ask::<List>(&member).await
}

/// Plan work
///
/// It holds within two seconds.
#[utoipa::path(
    post,
    path = "/maintenances",
    operation_id = "create_maintenance",
    tag = "maintenances",
    request_body(content = Spec, example = json!({"name": "Backups", "repeat": "weekly", "days": ["Sun"], "at": "02:30:00", "duration_min": 45, "time_zone": "Europe/Berlin"})),
    responses((status = 201, description = "The window.", body = Maintenance)),
)]
pub(super) async fn create(
    member: Member,
    Body(spec): Body<Spec>,
) -> Result<(StatusCode, Json<Maintenance>), ProblemResponse> {
    let maintenance = member.ask(Create { spec }).await?;
    Ok((StatusCode::CREATED, Json(maintenance)))
}
