//! `GET|POST /tenants/{tenant}/incidents`

use axum::Json;
use axum::http::StatusCode;
use contract::incident::{Create, Incident, List, Spec};
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::IntoParams;

use crate::server::extract::{Body, Query};
use crate::server::member::Member;

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// At most 1 000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// List incidents
///
/// Open ones first, then the newest first.
#[utoipa::path(
    get,
    path = "/incidents",
    operation_id = "list_incidents",
    tag = "incidents",
    params(Page),
    responses((status = 200, description = "Incidents.", body = Vec<Incident>)),
)]
pub(super) async fn list(
    member: Member,
    Query(page): Query<Page>,
) -> Result<Json<Vec<Incident>>, ProblemResponse> {
    let limit = page.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    Ok(Json(member.ask(List { limit }).await?))
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
