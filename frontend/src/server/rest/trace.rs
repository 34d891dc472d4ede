//! `GET /tenants/{tenant}/traces/{id}`

use axum::Json;
use contract::telemetry::{Joined, Read, TraceId};
use service::problem::ProblemResponse;

use crate::server::extract::Id;
use crate::server::member::Member;

/// Read a trace
///
/// With all that it is joined with by links: spans by their start, logs by their time.
#[utoipa::path(
    get,
    path = "/traces/{id}",
    operation_id = "read_trace",
    tag = "traces",
    params(("id" = String, Path, description = "32 hexadecimal digits.")),
    responses((status = 200, description = "Spans and logs.", body = Joined)),
)]
pub(super) async fn read(
    member: Member,
    Id(id): Id<TraceId>,
) -> Result<Json<Joined>, ProblemResponse> {
    Ok(Json(member.ask(Read { id }).await?))
}
