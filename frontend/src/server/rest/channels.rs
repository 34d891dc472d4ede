//! `GET|POST /tenants/{tenant}/channels`

use axum::Json;
use axum::http::StatusCode;
use contract::channel::{Channel, Create, Created, List, Secret, Spec};
use contract::listing::Place;
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::ToSchema;

use super::listing::{Listed, Page, Piece};
use crate::server::extract::Body;
use crate::server::member::Member;

/// A channel as it is described, with its secret beside it. The secret goes in and never out.
#[derive(Deserialize, ToSchema)]
#[schema(as = ChannelForm)]
pub(super) struct Form {
    #[serde(flatten)]
    pub(super) spec: Spec,
    #[serde(default)]
    pub(super) secret: Option<Secret>,
}

/// List channels
///
/// In the order in which they were created. Addresses may carry secrets of other services, so viewers do not read them.
#[utoipa::path(
    get,
    path = "/channels",
    operation_id = "list_channels",
    tag = "channels",
    params(Piece),
    responses((status = 200, description = "Channels.", body = Vec<Channel>)),
)]
pub(super) async fn list(
    member: Member,
    page: Page<Place>,
) -> Result<Listed<Channel>, ProblemResponse> {
    page.ask::<List>(&member).await
}

/// Create a channel
///
/// A signing secret that was made for a webhook is in this answer and never again.
#[utoipa::path(
    post,
    path = "/channels",
    operation_id = "create_channel",
    tag = "channels",
    request_body(content = Form, example = json!({"name": "Operations", "kind": "webhook", "url": "https://hooks.example.com/ops"})),
    responses((status = 201, description = "The channel.", body = Created)),
)]
pub(super) async fn create(
    member: Member,
    Body(form): Body<Form>,
) -> Result<(StatusCode, Json<Created>), ProblemResponse> {
    let Form { spec, secret } = form;
    let created = member.ask(Create { spec, secret }).await?;
    Ok((StatusCode::CREATED, Json(created)))
}
