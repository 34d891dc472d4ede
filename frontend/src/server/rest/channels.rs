//! `GET|POST /tenants/{tenant}/channels`

use axum::Json;
use axum::http::StatusCode;
use contract::channel::{Channel, Create, Created, List, Secret, Spec};
use serde::Deserialize;
use service::problem::ProblemResponse;

use crate::server::bearer::Editor;
use crate::server::extract::Body;

/// A channel as it is described, with its secret beside it. The secret goes in and never out.
#[derive(Deserialize)]
pub(super) struct Form {
    #[serde(flatten)]
    pub(super) spec: Spec,
    #[serde(default)]
    pub(super) secret: Option<Secret>,
}

/// Addresses may carry secrets of other services, so viewers do not read them.
pub(super) async fn list(Editor(member): Editor) -> Result<Json<Vec<Channel>>, ProblemResponse> {
    Ok(Json(member.ask(List {}).await?))
}

/// A signing secret that was made for a webhook is in this answer and never again.
pub(super) async fn create(
    Editor(member): Editor,
    Body(form): Body<Form>,
) -> Result<(StatusCode, Json<Created>), ProblemResponse> {
    let Form { spec, secret } = form;
    let created = member.ask(Create { spec, secret }).await?;
    Ok((StatusCode::CREATED, Json(created)))
}
