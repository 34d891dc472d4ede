//! `GET /tenants/{tenant}/incidents`

use axum::Json;
use contract::incident::{Incident, List};
use serde::Deserialize;
use service::problem::ProblemResponse;

use crate::server::bearer::Viewer;
use crate::server::extract::Query;

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
