//! `GET|POST /tenants/{tenant}/incidents`

use axum::Json;
use axum::http::StatusCode;
use contract::incident::{Create, Incident, List, Spec};
use serde::Deserialize;
use service::problem::ProblemResponse;

use crate::server::bearer::{Editor, Viewer};
use crate::server::extract::{Body, Query};

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1_000;

#[derive(Deserialize)]
pub(super) struct Page {
    limit: Option<u32>,
}

/// Open ones first, then the newest first.
pub(super) async fn list(
    Viewer(member): Viewer,
    Query(page): Query<Page>,
) -> Result<Json<Vec<Incident>>, ProblemResponse> {
    let limit = page.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    Ok(Json(member.ask(List { limit }).await?))
}

/// One that no monitor found.
pub(super) async fn create(
    Editor(member): Editor,
    Body(spec): Body<Spec>,
) -> Result<(StatusCode, Json<Incident>), ProblemResponse> {
    let incident = member.ask(Create { spec }).await?;
    Ok((StatusCode::CREATED, Json(incident)))
}
