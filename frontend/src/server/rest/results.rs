//! `GET /tenants/{tenant}/monitors/{id}/results`

use axum::Json;
use chrono::{DateTime, Utc};
use contract::id::{MonitorId, Region};
use contract::monitor::Results;
use contract::probe::Finished;
use serde::Deserialize;
use service::problem::ProblemResponse;

use crate::server::bearer::Viewer;
use crate::server::extract::{Id, Query};

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1_000;

#[derive(Deserialize)]
pub(super) struct Page {
    region: Option<Region>,
    /// Only results of ticks before this instant: the `tick_at` of the last one of the page before.
    before: Option<DateTime<Utc>>,
    limit: Option<u32>,
}

/// The latest results, newest first.
pub(super) async fn list(
    Viewer(member): Viewer,
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
