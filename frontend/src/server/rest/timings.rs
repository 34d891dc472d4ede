//! `GET /tenants/{tenant}/monitors/{id}/timings`

use axum::Json;
use chrono::TimeDelta;
use contract::id::{MonitorId, Region};
use contract::monitor::{ReadTimings, ResponseTimes};
use contract::probe::Phase;
use serde::Deserialize;
use service::problem::ProblemResponse;

use crate::server::bearer::Viewer;
use crate::server::extract::{Id, Query};

/// What is looked at when no time is given.
const LATEST: TimeDelta = TimeDelta::hours(24);

#[derive(Deserialize)]
pub(super) struct Asked {
    /// Unix milliseconds.
    from: Option<i64>,
    to: Option<i64>,
    region: Option<Region>,
    phase: Option<Phase>,
    max_points: Option<u32>,
}

/// How long checks took: quantiles by phase and region.
pub(super) async fn read(
    Viewer(member): Viewer,
    Id(id): Id<MonitorId>,
    Query(asked): Query<Asked>,
) -> Result<Json<ResponseTimes>, ProblemResponse> {
    let to_ms = asked.to.unwrap_or(service::now().timestamp_millis());
    let from_ms = asked.from.unwrap_or(to_ms - LATEST.num_milliseconds());
    let request = ReadTimings {
        id,
        from_ms,
        to_ms,
        region: asked.region,
        phase: asked.phase,
        max_points: asked.max_points,
    };
    Ok(Json(member.ask(request).await?))
}
