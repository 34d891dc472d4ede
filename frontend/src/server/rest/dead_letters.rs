//! `GET /tenants/{tenant}/dead-letters`, `POST /tenants/{tenant}/dead-letters/{id}/replay`

use axum::Json;
use axum::http::StatusCode;
use contract::dead_letter::{DeadLetter, List, Replay};
use contract::id::NotificationId;
use serde::Deserialize;
use service::problem::ProblemResponse;

use crate::server::bearer::Editor;
use crate::server::extract::{Id, Query};

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1_000;

#[derive(Deserialize)]
pub(super) struct Page {
    limit: Option<u32>,
}

/// Newest first.
pub(super) async fn list(
    Editor(member): Editor,
    Query(page): Query<Page>,
) -> Result<Json<Vec<DeadLetter>>, ProblemResponse> {
    let limit = page.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    Ok(Json(member.ask(List { limit }).await?))
}

/// What becomes of it is in the delivery log of its channel.
pub(super) async fn replay(
    Editor(member): Editor,
    Id(id): Id<NotificationId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Replay { id }).await?;
    Ok(StatusCode::ACCEPTED)
}
