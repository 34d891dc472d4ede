//! `GET|POST /tenants/{tenant}/maintenances`

use axum::Json;
use axum::http::StatusCode;
use contract::maintenance::{Create, List, Maintenance, Overview, Spec};
use service::problem::ProblemResponse;

use crate::server::bearer::{Editor, Viewer};
use crate::server::extract::Body;

/// Those going on first, then by when they are next.
pub(super) async fn list(Viewer(member): Viewer) -> Result<Json<Vec<Overview>>, ProblemResponse> {
    Ok(Json(member.ask(List {}).await?))
}

pub(super) async fn create(
    Editor(member): Editor,
    Body(spec): Body<Spec>,
) -> Result<(StatusCode, Json<Maintenance>), ProblemResponse> {
    let maintenance = member.ask(Create { spec }).await?;
    Ok((StatusCode::CREATED, Json(maintenance)))
}
