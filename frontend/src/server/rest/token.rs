//! `DELETE /tenants/{tenant}/tokens/{id}`

use axum::http::StatusCode;
use contract::id::TokenId;
use contract::token::Revoke;
use service::problem::ProblemResponse;

use crate::server::bearer::Admin;
use crate::server::extract::Id;

/// Ingress and this API refuse the token within a second.
pub(super) async fn revoke(
    Admin(member): Admin,
    Id(id): Id<TokenId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Revoke { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}
