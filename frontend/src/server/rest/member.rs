//! `PUT|DELETE /tenants/{tenant}/members/{id}`, `DELETE /tenants/{tenant}/members/me`

use axum::Json;
use axum::http::StatusCode;
use contract::id::UserId;
use contract::member::{ChangeRole, Leave, Member as Listed, Remove};
use contract::rpc::Role;
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::ToSchema;

use crate::server::extract::{Body, Id};
use crate::server::member::Member;

#[derive(Deserialize, ToSchema)]
#[schema(as = RoleWanted)]
pub(super) struct Wanted {
    role: Role,
}

/// Give a member another role
///
/// Only owners make and unmake owners, and a tenant keeps at least one.
#[utoipa::path(
    put,
    path = "/members/{id}",
    operation_id = "change_role",
    tag = "members",
    request_body(content = Wanted, example = json!({"role": "editor"})),
    responses((status = 200, description = "The member.", body = Listed), (status = 409, description = "It is the last owner.")),
)]
pub(super) async fn change_role(
    member: Member,
    Id(user): Id<UserId>,
    Body(Wanted { role }): Body<Wanted>,
) -> Result<Json<Listed>, ProblemResponse> {
    Ok(Json(member.ask(ChangeRole { user, role }).await?))
}

/// Remove a member
///
/// The next request of theirs is refused. Only owners remove owners, and a tenant keeps at least one.
#[utoipa::path(
    delete,
    path = "/members/{id}",
    operation_id = "remove_member",
    tag = "members",
    responses((status = 204, description = "They belong to the tenant no longer."), (status = 409, description = "It is the last owner.")),
)]
pub(super) async fn remove(
    member: Member,
    Id(user): Id<UserId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Remove { user }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leave a tenant
///
/// Every person may, but the last owner. A token does not belong to the tenant, and is revoked instead.
#[utoipa::path(
    delete,
    path = "/members/me",
    operation_id = "leave_tenant",
    tag = "members",
    responses((status = 204, description = "The caller belongs to the tenant no longer."), (status = 409, description = "It is the last owner.")),
)]
pub(super) async fn leave(member: Member) -> Result<StatusCode, ProblemResponse> {
    member.ask(Leave {}).await?;
    Ok(StatusCode::NO_CONTENT)
}
