//! `GET /tenants/{tenant}/traces`

use axum::Json;
use contract::rpc::Error;
use contract::telemetry::{Cursor, Find, Found, Search, TraceId};
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::IntoParams;

use crate::server::extract::Query;
use crate::server::member::Member;

const DEFAULT_LIMIT: u32 = 50;

/// What is looked for, and where the page begins: `next` of the page before, as `before_us` and `before_trace`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    service: Option<String>,
    operation: Option<String>,
    /// `name=value`
    attribute: Option<String>,
    /// Of the span, or of the trace where neither service, operation nor attribute is named.
    min_duration_us: Option<u64>,
    max_duration_us: Option<u64>,
    /// Only what failed.
    #[serde(default)]
    error: bool,
    /// Unix milliseconds.
    from: Option<i64>,
    to: Option<i64>,
    before_us: Option<i64>,
    #[param(value_type = Option<String>)]
    before_trace: Option<TraceId>,
    /// At most 100; 50 where absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// Find traces
///
/// Newest first. What is said of a span must hold of one and the same.
#[utoipa::path(
    get,
    path = "/traces",
    operation_id = "find_traces",
    tag = "traces",
    params(Page),
    responses((status = 200, description = "A page of traces.", body = Found)),
)]
pub(super) async fn find(
    member: Member,
    Query(page): Query<Page>,
) -> Result<Json<Found>, ProblemResponse> {
    let before = match (page.before_us, page.before_trace) {
        (Some(at_us), Some(trace)) => Some(Cursor { at_us, trace }),
        (None, None) => None,
        _ => {
            let reason = "goes together with before_trace";
            return Err(Error::invalid("before_us", reason).into());
        }
    };
    let search = Search {
        service: page.service,
        operation: page.operation,
        attribute: page.attribute,
        min_duration_us: page.min_duration_us,
        max_duration_us: page.max_duration_us,
        error: page.error,
        from_ms: page.from,
        to_ms: page.to,
    };
    let limit = page.limit.unwrap_or(DEFAULT_LIMIT);
    let request = Find {
        search,
        before,
        limit,
    };
    Ok(Json(member.ask(request).await?))
}
