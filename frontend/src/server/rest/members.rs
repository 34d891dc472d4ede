//! `GET /tenants/{tenant}/members`

use contract::member::{List, Member as Somebody, Place};
use service::problem::ProblemResponse;

use super::listing::{Listed, Page, Piece};
use crate::server::member::Member;

/// List members
///
/// Those with the most rights first, then in the order of their names.
#[utoipa::path(
    get,
    path = "/members",
    operation_id = "list_members",
    tag = "members",
    params(Piece),
    responses((status = 200, description = "Members.", body = Vec<Somebody>)),
)]
pub(super) async fn list(
    member: Member,
    page: Page<Place>,
) -> Result<Listed<Somebody>, ProblemResponse> {
    page.ask::<List>(&member).await
}
