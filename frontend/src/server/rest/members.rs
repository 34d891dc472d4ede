//! `GET /tenants/{tenant}/members`

use axum::Json;
use contract::member::{List, Member as Listed};
use service::problem::ProblemResponse;

use crate::server::member::Member;

/// List members
///
/// Those with the most rights first, then in the order of their names.
#[utoipa::path(
    get,
    path = "/members",
    operation_id = "list_members",
    tag = "members",
    responses((status = 200, description = "Everybody who belongs to the tenant.", body = Vec<Listed>)),
)]
pub(super) async fn list(member: Member) -> Result<Json<Vec<Listed>>, ProblemResponse> {
    Ok(Json(member.ask(List {}).await?))
}
