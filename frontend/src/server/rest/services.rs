//! `GET /tenants/{tenant}/services` and `GET /tenants/{tenant}/services/map`

use axum::Json;
use chrono::TimeDelta;
use contract::telemetry::{ListServices, Map, ReadMap, ServiceOperations};
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::IntoParams;

use crate::server::extract::Query;
use crate::server::member::Member;

/// What is looked at when no time is given.
const LATEST: TimeDelta = TimeDelta::minutes(15);

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Window {
    /// Unix milliseconds; the last 15 minutes where absent.
    from: Option<i64>,
    to: Option<i64>,
}

/// List services
///
/// Who was seen lately, and doing what.
#[utoipa::path(
    get,
    path = "/services",
    operation_id = "list_services",
    tag = "traces",
    responses((status = 200, description = "Services with their operations.", body = Vec<ServiceOperations>)),
)]
pub(super) async fn list(member: Member) -> Result<Json<Vec<ServiceOperations>>, ProblemResponse> {
    Ok(Json(member.ask(ListServices {}).await?))
}

/// Map services
///
/// Who spoke to whom, and how it went.
#[utoipa::path(
    get,
    path = "/services/map",
    operation_id = "map_services",
    tag = "traces",
    params(Window),
    responses((status = 200, description = "Services and the edges between them.", body = Map)),
)]
pub(super) async fn map(
    member: Member,
    Query(window): Query<Window>,
) -> Result<Json<Map>, ProblemResponse> {
    let to_ms = window.to.unwrap_or(service::now().timestamp_millis());
    let latest = to_ms.saturating_sub(LATEST.num_milliseconds());
    let from_ms = window.from.unwrap_or(latest);
    Ok(Json(member.ask(ReadMap { from_ms, to_ms }).await?))
}
