//! `GET /tenants/{tenant}/alerts`

use axum::Json;
use contract::alert::{Alert, List};
use contract::id::RuleId;
use serde::Deserialize;
use service::problem::ProblemResponse;

use crate::server::bearer::Viewer;
use crate::server::extract::Query;

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1_000;

#[derive(Deserialize)]
pub(super) struct Page {
    /// Only those of one rule.
    rule: Option<RuleId>,
    /// Only those that are open.
    #[serde(default)]
    open: bool,
    limit: Option<u32>,
}

/// Open ones first, then the newest first.
pub(super) async fn list(
    Viewer(member): Viewer,
    Query(page): Query<Page>,
) -> Result<Json<Vec<Alert>>, ProblemResponse> {
    let request = List {
        rule: page.rule,
        open_only: page.open,
        limit: page.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT),
    };
    Ok(Json(member.ask(request).await?))
}
