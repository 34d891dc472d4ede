//! `GET /tenants/{tenant}/monitors/{id}/timings`

use axum::Json;
use chrono::TimeDelta;
use contract::id::{MonitorId, Region};
use contract::monitor::{ReadTimings, ResponseTimes};
use contract::probe::Phase;
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::IntoParams;

use crate::server::extract::{Id, Query};
use crate::server::member::Member;

/// What is looked at when no time is given.
const LATEST: TimeDelta = TimeDelta::hours(24);

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Unix milliseconds; 24 hours before `to` where absent.
    from: Option<i64>,
    /// Unix milliseconds; now where absent.
    to: Option<i64>,
    /// Only one region.
    #[param(inline)]
    region: Option<Region>,
    /// Only one phase.
    #[param(inline)]
    phase: Option<Phase>,
    /// At most 2 000.
    #[param(minimum = 1, maximum = 2000)]
    max_points: Option<u32>,
}

/// Read response times
///
/// How long checks took: quantiles by phase and region.
#[utoipa::path(
    get,
    path = "/monitors/{id}/timings",
    operation_id = "read_timings",
    tag = "monitors",
    params(Asked),
    responses((status = 200, description = "Quantiles over time.", body = ResponseTimes)),
)]
pub(super) async fn read(
    member: Member,
    Id(id): Id<MonitorId>,
    Query(asked): Query<Asked>,
) -> Result<Json<ResponseTimes>, ProblemResponse> {
    let to_ms = asked.to.unwrap_or(service::now().timestamp_millis());
    let day_before = to_ms.saturating_sub(LATEST.num_milliseconds());
    let from_ms = asked.from.unwrap_or(day_before);
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
