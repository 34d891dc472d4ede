//! `GET|POST /tenants/{tenant}/tokens`

use axum::Json;
use axum::http::StatusCode;
use contract::listing::Place;
use contract::token::{Create, Created, List, Scope, Token};
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::ToSchema;

use super::listing::{Listed, Page, Piece};
use crate::server::extract::Body;
use crate::server::member::Member;

#[derive(Deserialize, ToSchema)]
#[schema(as = TokenWanted)]
pub(super) struct Wanted {
    name: String,
    scopes: Vec<Scope>,
}

/// List tokens
///
/// Newest first; never their secrets.
#[utoipa::path(
    get,
    path = "/tokens",
    operation_id = "list_tokens",
    tag = "tokens",
    params(Piece),
    responses((status = 200, description = "Tokens.", body = Vec<Token>)),
)]
pub(super) async fn list(
    member: Member,
    page: Page<Place>,
) -> Result<Listed<Token>, ProblemResponse> {
    page.ask::<List>(&member).await
}

/// Create a token
///
/// The secret is in this answer and never again.
#[utoipa::path(
    post,
    path = "/tokens",
    operation_id = "create_token",
    tag = "tokens",
    request_body(content = Wanted, example = json!({"name": "CI", "scopes": ["read"]})),
    responses((status = 201, description = "The token.", body = Created)),
)]
pub(super) async fn create(
    member: Member,
    Body(Wanted { name, scopes }): Body<Wanted>,
) -> Result<(StatusCode, Json<Created>), ProblemResponse> {
    let created = member.ask(Create { name, scopes }).await?;
    Ok((StatusCode::CREATED, Json(created)))
}
