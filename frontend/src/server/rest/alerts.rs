//! `GET /tenants/{tenant}/alerts`

use axum::Json;
use contract::alert::{Alert, List};
use contract::id::RuleId;
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::IntoParams;

use crate::server::extract::Query;
use crate::server::member::Member;

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// Only those of one rule.
    #[param(inline)]
    rule: Option<RuleId>,
    /// Only those that are open.
    #[serde(default)]
    open: bool,
    /// At most 1 000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// List alerts
///
/// Open ones first, then the newest first.
#[utoipa::path(
    get,
    path = "/alerts",
    operation_id = "list_alerts",
    tag = "rules",
    params(Page),
    responses((status = 200, description = "Alerts.", body = Vec<Alert>)),
)]
pub(super) async fn list(
    member: Member,
    Query(page): Query<Page>,
) -> Result<Json<Vec<Alert>>, ProblemResponse> {
    let request = List {
        rule: page.rule,
        open_only: page.open,
        limit: page.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT),
    };
    Ok(Json(member.ask(request).await?))
}
