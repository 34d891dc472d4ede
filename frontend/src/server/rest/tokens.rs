//! `GET|POST /tenants/{tenant}/tokens`

use axum::Json;
use axum::http::StatusCode;
use contract::token::{Create, Created, List, Scope, Token};
use serde::Deserialize;
use service::problem::ProblemResponse;

use crate::server::bearer::Admin;
use crate::server::extract::Body;

#[derive(Deserialize)]
pub(super) struct Wanted {
    name: String,
    scopes: Vec<Scope>,
}

pub(super) async fn list(Admin(member): Admin) -> Result<Json<Vec<Token>>, ProblemResponse> {
    Ok(Json(member.ask(List {}).await?))
}

/// The secret is in this answer and never again.
pub(super) async fn create(
    Admin(member): Admin,
    Body(Wanted { name, scopes }): Body<Wanted>,
) -> Result<(StatusCode, Json<Created>), ProblemResponse> {
    let created = member.ask(Create { name, scopes }).await?;
    Ok((StatusCode::CREATED, Json(created)))
}
