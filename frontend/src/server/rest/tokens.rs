//! `GET|POST /tenants/{tenant}/tokens`

use axum::Json;
use axum::http::StatusCode;
use contract::token::{Create, Created, List, Scope, Token};
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::ToSchema;

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
/// Never their secrets.
#[utoipa::path(
    get,
    path = "/tokens",
    operation_id = "list_tokens",
    tag = "tokens",
    responses((status = 200, description = "All tokens.", body = Vec<Token>)),
)]
pub(super) async fn list(member: Member) -> Result<Json<Vec<Token>>, ProblemResponse> {
    Ok(Json(member.ask(List {}).await?))
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
