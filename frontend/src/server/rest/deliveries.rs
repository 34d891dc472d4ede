//! `GET /tenants/{tenant}/channels/{id}/deliveries`

use axum::Json;
use contract::channel::{Deliveries, Delivery};
use contract::id::ChannelId;
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

/// Read the delivery log
///
/// Attempts to deliver, newest first.
#[utoipa::path(
    get,
    path = "/channels/{id}/deliveries",
    operation_id = "list_deliveries",
    tag = "channels",
    params(Page),
    responses((status = 200, description = "Attempts.", body = Vec<Delivery>)),
)]
pub(super) async fn list(
    member: Member,
    Id(id): Id<ChannelId>,
    Query(page): Query<Page>,
) -> Result<Json<Vec<Delivery>>, ProblemResponse> {
    let limit = page.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    Ok(Json(member.ask(Deliveries { id, limit }).await?))
}
