//! `GET|POST /tenants/{tenant}/monitors`

use axum::Json;
use axum::http::StatusCode;
use contract::monitor::{Create, List, Monitor, Overview, Spec};
use service::problem::ProblemResponse;

use crate::server::bearer::{Editor, Viewer};
use crate::server::extract::Body;

pub(super) async fn list(Viewer(member): Viewer) -> Result<Json<Vec<Overview>>, ProblemResponse> {
    Ok(Json(member.ask(List {}).await?))
}

pub(super) async fn create(
    Editor(member): Editor,
    Body(spec): Body<Spec>,
) -> Result<(StatusCode, Json<Monitor>), ProblemResponse> {
    let monitor = member.ask(Create { spec }).await?;
    Ok((StatusCode::CREATED, Json(monitor)))
}
