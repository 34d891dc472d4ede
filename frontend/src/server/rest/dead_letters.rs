//! `GET /tenants/{tenant}/dead-letters`, `POST /tenants/{tenant}/dead-letters/{id}/replay`

use axum::Json;
use axum::http::StatusCode;
use contract::dead_letter::{DeadLetter, List, Replay};
use contract::id::NotificationId;
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::IntoParams;

use crate::server::extract::{Id, Query};
use crate::server::member::Member;

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// At most 1 000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// List dead letters
///
/// Notifications that were given up, newest first.
#[utoipa::path(
    get,
    path = "/dead-letters",
    operation_id = "list_dead_letters",
    tag = "channels",
    params(Page),
    responses((status = 200, description = "Dead letters.", body = Vec<DeadLetter>)),
)]
pub(super) async fn list(
    member: Member,
    Query(page): Query<Page>,
) -> Result<Json<Vec<DeadLetter>>, ProblemResponse> {
    let limit = page.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    Ok(Json(member.ask(List { limit }).await?))
}

/// Send a dead letter again
///
/// What becomes of it is in the delivery log of its channel.
#[utoipa::path(
    post,
    path = "/dead-letters/{id}/replay",
    operation_id = "replay_dead_letter",
    tag = "channels",
    responses((status = 202, description = "It is queued.")),
)]
pub(super) async fn replay(
    member: Member,
    Id(id): Id<NotificationId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Replay { id }).await?;
    Ok(StatusCode::ACCEPTED)
}
