//! `GET|PUT|DELETE /tenants/{tenant}/channels/{id}`, `POST /tenants/{tenant}/channels/{id}/test`

use axum::Json;
use axum::http::StatusCode;
use contract::channel::{Channel, Delete, Read, Test, Update};
use contract::id::{ChannelId, NotificationId};
use serde::{Deserialize, Serialize};
use service::problem::ProblemResponse;
use utoipa::ToSchema;

use super::channels::Form;
use crate::server::extract::{Body, Id};
use crate::server::member::Member;

/// A channel as it shall be.
#[derive(Deserialize, ToSchema)]
#[schema(as = ChannelChange)]
pub(super) struct Change {
    #[serde(flatten)]
    form: Form,
    /// Takes the secret away, where the channel can do without.
    #[serde(default)]
    remove_secret: bool,
}

/// The notification to look for in the delivery log.
#[derive(Serialize, ToSchema)]
pub(super) struct Queued {
    notification: NotificationId,
}

/// Read a channel
#[utoipa::path(
    get,
    path = "/channels/{id}",
    operation_id = "read_channel",
    tag = "channels",
    responses((status = 200, description = "The channel.", body = Channel)),
)]
pub(super) async fn read(
    member: Member,
    Id(id): Id<ChannelId>,
) -> Result<Json<Channel>, ProblemResponse> {
    Ok(Json(member.ask(Read { id }).await?))
}

/// Change a channel
///
/// Replaces its description; its kind stays. Without a secret the channel keeps the one it has, unless `remove_secret` says otherwise.
#[utoipa::path(
    put,
    path = "/channels/{id}",
    operation_id = "update_channel",
    tag = "channels",
    request_body(content = Change, example = json!({"name": "Operations", "kind": "webhook", "url": "https://hooks.example.com/ops", "muted": true})),
    responses((status = 200, description = "The channel as it is now.", body = Channel)),
)]
pub(super) async fn update(
    member: Member,
    Id(id): Id<ChannelId>,
    Body(change): Body<Change>,
) -> Result<Json<Channel>, ProblemResponse> {
    let Form { spec, secret } = change.form;
    let update = Update {
        id,
        spec,
        secret,
        remove_secret: change.remove_secret,
    };
    Ok(Json(member.ask(update).await?))
}

/// Delete a channel
#[utoipa::path(
    delete,
    path = "/channels/{id}",
    operation_id = "delete_channel",
    tag = "channels",
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn remove(
    member: Member,
    Id(id): Id<ChannelId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Delete { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Send a test
///
/// What becomes of the test is in the delivery log, as with all notifications.
#[utoipa::path(
    post,
    path = "/channels/{id}/test",
    operation_id = "test_channel",
    tag = "channels",
    responses((status = 202, description = "It is queued.", body = Queued)),
)]
pub(super) async fn test(
    member: Member,
    Id(id): Id<ChannelId>,
) -> Result<(StatusCode, Json<Queued>), ProblemResponse> {
    let notification = member.ask(Test { id }).await?;
    Ok((StatusCode::ACCEPTED, Json(Queued { notification })))
}
