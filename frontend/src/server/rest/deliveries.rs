//! `GET /tenants/{tenant}/channels/{id}/deliveries`

use axum::Json;
use contract::channel::{Deliveries, Delivery};
use contract::id::ChannelId;
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

/// Attempts to deliver, newest first.
pub(super) async fn list(
    Editor(member): Editor,
    Id(id): Id<ChannelId>,
    Query(page): Query<Page>,
) -> Result<Json<Vec<Delivery>>, ProblemResponse> {
    let limit = page.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    Ok(Json(member.ask(Deliveries { id, limit }).await?))
}
