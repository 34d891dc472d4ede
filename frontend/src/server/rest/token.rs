//! `DELETE /tenants/{tenant}/tokens/{id}`

use axum::http::StatusCode;
use contract::id::TokenId;
use contract::token::Revoke;
use service::problem::ProblemResponse;

use crate::server::extract::Id;
use crate::server::member::Member;

/// Revoke a token
///
/// Ingress and this API refuse it within a second.
#[utoipa::path(
    delete,
    path = "/tokens/{id}",
    operation_id = "revoke_token",
    tag = "tokens",
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn revoke(
    member: Member,
    Id(id): Id<TokenId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Revoke { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}
