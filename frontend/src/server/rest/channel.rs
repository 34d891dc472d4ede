//! `GET|PUT|DELETE /tenants/{tenant}/channels/{id}`, `POST /tenants/{tenant}/channels/{id}/test`

use axum::Json;
use axum::http::StatusCode;
use contract::channel::{Channel, Delete, Read, Test, Update};
use contract::id::{ChannelId, NotificationId};
use serde::Serialize;
use service::problem::ProblemResponse;

use super::channels::Form;
use crate::server::bearer::Editor;
use crate::server::extract::{Body, Id};

/// The notification to look for in the delivery log.
#[derive(Serialize)]
pub(super) struct Queued {
    notification: NotificationId,
}

pub(super) async fn read(
    Editor(member): Editor,
    Id(id): Id<ChannelId>,
) -> Result<Json<Channel>, ProblemResponse> {
    Ok(Json(member.ask(Read { id }).await?))
}

/// Without a secret the channel keeps the one it has.
pub(super) async fn update(
    Editor(member): Editor,
    Id(id): Id<ChannelId>,
    Body(form): Body<Form>,
) -> Result<Json<Channel>, ProblemResponse> {
    let Form { spec, secret } = form;
    Ok(Json(member.ask(Update { id, spec, secret }).await?))
}

pub(super) async fn remove(
    Editor(member): Editor,
    Id(id): Id<ChannelId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Delete { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What becomes of the test is in the delivery log, as with all notifications.
pub(super) async fn test(
    Editor(member): Editor,
    Id(id): Id<ChannelId>,
) -> Result<(StatusCode, Json<Queued>), ProblemResponse> {
    let notification = member.ask(Test { id }).await?;
    Ok((StatusCode::ACCEPTED, Json(Queued { notification })))
}
