//! `GET|DELETE /tenants/{tenant}/incidents/{id}` and `POST /tenants/{tenant}/incidents/{id}/updates`

use axum::Json;
use axum::http::StatusCode;
use contract::id::IncidentId;
use contract::incident::{AddUpdate, Delete, Incident, Note, Read};
use service::problem::ProblemResponse;

use crate::server::bearer::{Editor, Viewer};
use crate::server::extract::{Body, Id};

pub(super) async fn read(
    Viewer(member): Viewer,
    Id(id): Id<IncidentId>,
) -> Result<Json<Incident>, ProblemResponse> {
    Ok(Json(member.ask(Read { id }).await?))
}

/// The update's status becomes the incident's.
pub(super) async fn add_update(
    Editor(member): Editor,
    Id(id): Id<IncidentId>,
    Body(note): Body<Note>,
) -> Result<(StatusCode, Json<Incident>), ProblemResponse> {
    let incident = member.ask(AddUpdate { id, note }).await?;
    Ok((StatusCode::CREATED, Json(incident)))
}

pub(super) async fn remove(
    Editor(member): Editor,
    Id(id): Id<IncidentId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Delete { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}
