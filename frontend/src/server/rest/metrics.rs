//! `GET /tenants/{tenant}/metrics`

use axum::Json;
use contract::query::{List, Metric};
use service::problem::ProblemResponse;

use crate::server::bearer::Viewer;

pub(super) async fn list(Viewer(member): Viewer) -> Result<Json<Vec<Metric>>, ProblemResponse> {
    Ok(Json(member.ask(List {}).await?))
}
