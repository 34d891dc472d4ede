//! `GET /tenants/{tenant}/monitors/{id}/summary`

use axum::Json;
use contract::id::MonitorId;
use contract::monitor::{Summarize, Summary};
use service::problem::ProblemResponse;

use crate::server::extract::Id;
use crate::server::member::Member;

/// Read a monitor's numbers
///
/// Successes and failures of 24 h, uptime by window, response times.
#[utoipa::path(
    get,
    path = "/monitors/{id}/summary",
    operation_id = "read_summary",
    tag = "monitors",
    responses((status = 200, description = "Numbers.", body = Summary)),
)]
pub(super) async fn read(
    member: Member,
    Id(id): Id<MonitorId>,
) -> Result<Json<Summary>, ProblemResponse> {
    Ok(Json(member.ask(Summarize { id }).await?))
}
