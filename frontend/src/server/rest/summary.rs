//! `GET /tenants/{tenant}/monitors/{id}/summary`

use axum::Json;
use contract::id::MonitorId;
use contract::monitor::{Summarize, Summary};
use service::problem::ProblemResponse;

use crate::server::bearer::Viewer;
use crate::server::extract::Id;

pub(super) async fn read(
    Viewer(member): Viewer,
    Id(id): Id<MonitorId>,
) -> Result<Json<Summary>, ProblemResponse> {
    Ok(Json(member.ask(Summarize { id }).await?))
}
