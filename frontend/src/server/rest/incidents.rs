//! `GET|POST /tenants/{tenant}/incidents`

use axum::Json;
use axum::http::StatusCode;
use contract::incident::{Create, Incident, List, Spec};
use contract::listing::Place;
use service::problem::ProblemResponse;

use super::listing::{Listed, Page, Piece};
use crate::server::extract::Body;
use crate::server::member::Member;

/// List incidents
///
/// Open ones first, then the newest first.
#[utoipa::path(
    get,
    path = "/incidents",
    operation_id = "list_incidents",
    tag = "incidents",
    params(Piece),
    responses((status = 200, description = "Incidents.", body = Vec<Incident>)),
)]
pub(super) async fn list(
    member: Member,
    page: Page<Place>,
) -> Result<Listed<Incident>, ProblemResponse> {
    let (limit, before) = (page.limit, page.before);
    let incidents = member.ask(List { limit, before }).await?;
    Ok(page.of(incidents, |incident| Place {
        open: incident.resolved_at.is_none(),
        at: incident.started_at,
        id: incident.id.0,
    }))
}

/// Tell an incident
///
/// One that no monitor found.
#[utoipa::path(
    post,
    path = "/incidents",
    operation_id = "create_incident",
    tag = "incidents",
    request_body(content = Spec, example = json!({"title": "Payments are slow", "body": "We are looking into it."})),
    responses((status = 201, description = "The incident.", body = Incident)),
)]
pub(super) async fn create(
    member: Member,
    Body(spec): Body<Spec>,
) -> Result<(StatusCode, Json<Incident>), ProblemResponse> {
    let incident = member.ask(Create { spec }).await?;
    Ok((StatusCode::CREATED, Json(incident)))
}
