//! `GET /tenants/{tenant}/audit`

use axum::Json;
use contract::audit::{List, Page};
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::IntoParams;

use crate::server::extract::Query;
use crate::server::member::Member;

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Entries before this one: `next` of the page before.
    before: Option<i64>,
    /// At most 1 000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Read the audit log
///
/// What people, API tokens and agents changed, newest first. Entries are kept for a year.
#[utoipa::path(
    get,
    path = "/audit",
    operation_id = "read_audit_log",
    tag = "audit",
    params(Wanted),
    responses((status = 200, description = "Some of the log.", body = Page)),
)]
pub(super) async fn list(
    member: Member,
    Query(Wanted { before, limit }): Query<Wanted>,
) -> Result<Json<Page>, ProblemResponse> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    Ok(Json(member.ask(List { before, limit }).await?))
}
