//! `GET /tenants/{tenant}/logs`

use axum::Json;
use contract::telemetry::{Log, ReadLogs, TraceId};
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::IntoParams;

use crate::server::extract::Query;
use crate::server::member::Member;

const DEFAULT_LIMIT: u32 = 200;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// Only those of one trace.
    #[param(value_type = Option<String>)]
    trace: Option<TraceId>,
    service: Option<String>,
    /// OpenTelemetry's severity number: 9 is information, 13 a warning, 17 an error.
    #[serde(default)]
    min_severity: u8,
    /// Unix microseconds.
    before_us: Option<i64>,
    /// At most 1 000; 200 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Read logs
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/logs",
    operation_id = "read_logs",
    tag = "traces",
    params(Page),
    responses((status = 200, description = "Log records.", body = Vec<Log>)),
)]
pub(super) async fn read(
    member: Member,
    Query(page): Query<Page>,
) -> Result<Json<Vec<Log>>, ProblemResponse> {
    let request = ReadLogs {
        trace: page.trace,
        service: page.service,
        min_severity: page.min_severity,
        before_us: page.before_us,
        limit: page.limit.unwrap_or(DEFAULT_LIMIT),
    };
    Ok(Json(member.ask(request).await?))
}
