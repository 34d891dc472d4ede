//! `GET /tenants/{tenant}/dead-letters`, `POST /tenants/{tenant}/dead-letters/{id}/replay`

use axum::http::StatusCode;
use contract::dead_letter::{DeadLetter, List, Replay};
use contract::id::NotificationId;
use contract::listing::Place;
use service::problem::ProblemResponse;

use super::listing::{Listed, Page, Piece};
use crate::server::extract::Id;
use crate::server::member::Member;

/// List dead letters
///
/// Notifications that were given up, newest first.
#[utoipa::path(
    get,
    path = "/dead-letters",
    operation_id = "list_dead_letters",
    tag = "channels",
    params(Piece),
    responses((status = 200, description = "Dead letters.", body = Vec<DeadLetter>)),
)]
pub(super) async fn list(
    member: Member,
    page: Page<Place>,
) -> Result<Listed<DeadLetter>, ProblemResponse> {
    let (limit, before) = (page.limit, page.before);
    let letters = member.ask(List { limit, before }).await?;
    Ok(page.of(letters, |letter| Place {
        open: false,
        at: letter.died_at,
        id: letter.id.0,
    }))
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
