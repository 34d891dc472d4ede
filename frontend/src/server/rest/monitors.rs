//! `GET|POST /tenants/{tenant}/monitors`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::monitor::{Create, List, Monitor, Overview, Spec};
use service::problem::ProblemResponse;

use super::ping::WithPing;
use crate::server::Site;
use crate::server::bearer::{Editor, Viewer};
use crate::server::extract::Body;

pub(super) async fn list(
    Viewer(member): Viewer,
    State(site): State<Site>,
) -> Result<Json<Vec<WithPing<Overview>>>, ProblemResponse> {
    let monitors = member.ask(List {}).await?;
    let told = |overview| WithPing::new(&site, |it: &Overview| &it.monitor, overview);
    Ok(Json(monitors.into_iter().map(told).collect()))
}

pub(super) async fn create(
    Editor(member): Editor,
    State(site): State<Site>,
    Body(spec): Body<Spec>,
) -> Result<(StatusCode, Json<WithPing<Monitor>>), ProblemResponse> {
    let monitor = member.ask(Create { spec }).await?;
    let told = WithPing::new(&site, |it| it, monitor);
    Ok((StatusCode::CREATED, Json(told)))
}
