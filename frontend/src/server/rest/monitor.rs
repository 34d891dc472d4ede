//! `GET|PUT|DELETE /tenants/{tenant}/monitors/{id}`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::id::MonitorId;
use contract::monitor::{Delete, Monitor, Overview, Read, Spec, Update};
use service::problem::ProblemResponse;

use super::ping::WithPing;
use crate::server::Site;
use crate::server::bearer::{Editor, Viewer};
use crate::server::extract::{Body, Id};

pub(super) async fn read(
    Viewer(member): Viewer,
    State(site): State<Site>,
    Id(id): Id<MonitorId>,
) -> Result<Json<WithPing<Overview>>, ProblemResponse> {
    let overview = member.ask(Read { id }).await?;
    let told = WithPing::new(&site, |it: &Overview| &it.monitor, overview);
    Ok(Json(told))
}

pub(super) async fn update(
    Editor(member): Editor,
    State(site): State<Site>,
    Id(id): Id<MonitorId>,
    Body(spec): Body<Spec>,
) -> Result<Json<WithPing<Monitor>>, ProblemResponse> {
    let monitor = member.ask(Update { id, spec }).await?;
    Ok(Json(WithPing::new(&site, |it| it, monitor)))
}

pub(super) async fn remove(
    Editor(member): Editor,
    Id(id): Id<MonitorId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Delete { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}
