//! `GET|PUT|DELETE /tenants/{tenant}/monitors/{id}`

use axum::Json;
use axum::http::StatusCode;
use contract::id::MonitorId;
use contract::monitor::{Delete, Monitor, Overview, Read, Spec, Update};
use service::problem::ProblemResponse;

use crate::server::bearer::{Editor, Viewer};
use crate::server::extract::{Body, Id};

pub(super) async fn read(
    Viewer(member): Viewer,
    Id(id): Id<MonitorId>,
) -> Result<Json<Overview>, ProblemResponse> {
    Ok(Json(member.ask(Read { id }).await?))
}

pub(super) async fn update(
    Editor(member): Editor,
    Id(id): Id<MonitorId>,
    Body(spec): Body<Spec>,
) -> Result<Json<Monitor>, ProblemResponse> {
    Ok(Json(member.ask(Update { id, spec }).await?))
}

pub(super) async fn remove(
    Editor(member): Editor,
    Id(id): Id<MonitorId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Delete { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}
