//! `GET /tenants/{tenant}/monitors/{id}/results`

use axum::Json;
use chrono::{DateTime, Utc};
use contract::id::{MonitorId, Region};
use contract::monitor::Results;
use contract::probe::Finished;
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
    /// Only those of one region.
    #[param(inline)]
    region: Option<Region>,
    /// Only results of ticks before this instant: the `tick_at` of the last one of the page before.
    before: Option<DateTime<Utc>>,
    /// At most 1 000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// List results
///
/// The latest results of a monitor, newest first.
#[utoipa::path(
    get,
    path = "/monitors/{id}/results",
    operation_id = "list_results",
    tag = "monitors",
    params(Page),
    responses((status = 200, description = "Results.", body = Vec<Finished>)),
)]
pub(super) async fn list(
    member: Member,
    Id(id): Id<MonitorId>,
    Query(page): Query<Page>,
) -> Result<Json<Vec<Finished>>, ProblemResponse> {
    let results = Results {
        id,
        region: page.region,
        before: page.before,
        limit: page.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT),
    };
    Ok(Json(member.ask(results).await?))
}
