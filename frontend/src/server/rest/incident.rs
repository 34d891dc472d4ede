//! `GET|DELETE /tenants/{tenant}/incidents/{id}` and `POST /tenants/{tenant}/incidents/{id}/updates`

use axum::Json;
use axum::http::StatusCode;
use contract::id::IncidentId;
use contract::incident::{AddUpdate, Delete, Incident, Note, Read};
use service::problem::ProblemResponse;

use crate::server::extract::{Body, Id};
use crate::server::member::Member;

/// Read an incident
#[utoipa::path(
    get,
    path = "/incidents/{id}",
    operation_id = "read_incident",
    tag = "incidents",
    responses((status = 200, description = "The incident with its updates.", body = Incident)),
)]
pub(super) async fn read(
    member: Member,
    Id(id): Id<IncidentId>,
) -> Result<Json<Incident>, ProblemResponse> {
    Ok(Json(member.ask(Read { id }).await?))
}

/// Update an incident
///
/// The update's status becomes the incident's: `resolved` ends it, anything before opens it again.
#[utoipa::path(
    post,
    path = "/incidents/{id}/updates",
    operation_id = "update_incident",
    tag = "incidents",
    request_body(content = Note, example = json!({"status": "identified", "body": "A disk is full; we are making room."})),
    responses((status = 201, description = "The incident as it is now.", body = Incident)),
)]
pub(super) async fn add_update(
    member: Member,
    Id(id): Id<IncidentId>,
    Body(note): Body<Note>,
) -> Result<(StatusCode, Json<Incident>), ProblemResponse> {
    let incident = member.ask(AddUpdate { id, note }).await?;
    Ok((StatusCode::CREATED, Json(incident)))
}

/// Delete an incident
///
/// With all its updates.
#[utoipa::path(
    delete,
    path = "/incidents/{id}",
    operation_id = "delete_incident",
    tag = "incidents",
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn remove(
    member: Member,
    Id(id): Id<IncidentId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Delete { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}
