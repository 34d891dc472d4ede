//! `GET /tenants/{tenant}/streams`

use axum::Json;
use contract::telemetry::{ListStreams, StreamState};
use service::problem::ProblemResponse;

use crate::server::member::Member;

/// List streams
///
/// What NATS holds of all tenants, and who reads it. In the tenant `overseer` alone; others have none.
#[utoipa::path(
    get,
    path = "/streams",
    operation_id = "list_streams",
    tag = "system",
    responses((status = 200, description = "Streams with their consumers.", body = Vec<StreamState>)),
)]
pub(super) async fn list(member: Member) -> Result<Json<Vec<StreamState>>, ProblemResponse> {
    Ok(Json(member.ask(ListStreams {}).await?))
}
