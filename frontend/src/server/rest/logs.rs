//! `GET /tenants/{tenant}/logs`

use contract::listing::Place;
use contract::telemetry::{Log, ReadLogs, TraceId};
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::IntoParams;

use super::listing::{Listed, Page, Piece};
use crate::server::extract::Query;
use crate::server::member::Member;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Only those of one trace.
    #[param(value_type = Option<String>)]
    trace: Option<TraceId>,
    service: Option<String>,
    /// OpenTelemetry's severity number: 9 is information, 13 a warning, 17 an error.
    #[serde(default)]
    min_severity: u8,
}

/// Read logs
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/logs",
    operation_id = "read_logs",
    tag = "traces",
    params(Piece, Which),
    responses((status = 200, description = "Log records.", body = Vec<Log>)),
)]
pub(super) async fn read(
    member: Member,
    page: Page<Place>,
    Query(which): Query<Which>,
) -> Result<Listed<Log>, ProblemResponse> {
    let request = ReadLogs {
        trace: which.trace,
        service: which.service,
        min_severity: which.min_severity,
        before: page.before,
        limit: page.limit,
    };
    let logs = member.ask(request).await?;
    Ok(page.of(logs, Log::place))
}
