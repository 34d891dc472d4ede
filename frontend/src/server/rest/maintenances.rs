//! `GET|POST /tenants/{tenant}/maintenances`

use axum::Json;
use axum::http::StatusCode;
use contract::maintenance::{Create, List, Maintenance, Overview, Spec};
use service::problem::ProblemResponse;

use crate::server::extract::Body;
use crate::server::member::Member;

/// List planned work
///
/// Those going on first, then by when they are next.
#[utoipa::path(
    get,
    path = "/maintenances",
    operation_id = "list_maintenances",
    tag = "maintenances",
    responses((status = 200, description = "All windows.", body = Vec<Overview>)),
)]
pub(super) async fn list(member: Member) -> Result<Json<Vec<Overview>>, ProblemResponse> {
    Ok(Json(member.ask(List {}).await?))
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
