//! `GET|POST /tenants/{tenant}/channels`

use axum::Json;
use axum::http::StatusCode;
use contract::channel::{Channel, Create, Created, List, Spec};
use service::problem::ProblemResponse;

use crate::server::bearer::Editor;
use crate::server::extract::Body;

/// Addresses may carry secrets of other services, so viewers do not read them.
pub(super) async fn list(Editor(member): Editor) -> Result<Json<Vec<Channel>>, ProblemResponse> {
    Ok(Json(member.ask(List {}).await?))
}

/// The signing secret is in this answer and never again.
pub(super) async fn create(
    Editor(member): Editor,
    Body(spec): Body<Spec>,
) -> Result<(StatusCode, Json<Created>), ProblemResponse> {
    let created = member.ask(Create { spec }).await?;
    Ok((StatusCode::CREATED, Json(created)))
}
