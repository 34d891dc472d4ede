//! `GET /tenants/{tenant}/alerts`

use contract::alert::{Alert, List};
use contract::id::RuleId;
use contract::listing::Place;
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::IntoParams;

use super::listing::{Listed, Page, Piece};
use crate::server::extract::Query;
use crate::server::member::Member;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Only those of one rule.
    #[param(inline)]
    rule: Option<RuleId>,
    /// Only those that are open.
    #[serde(default)]
    open: bool,
}

/// List alerts
///
/// Open ones first, then the newest first.
#[utoipa::path(
    get,
    path = "/alerts",
    operation_id = "list_alerts",
    tag = "rules",
    params(Piece, Which),
    responses((status = 200, description = "Alerts.", body = Vec<Alert>)),
)]
pub(super) async fn list(
    member: Member,
    page: Page<Place>,
    Query(which): Query<Which>,
) -> Result<Listed<Alert>, ProblemResponse> {
    let request = List {
        rule: which.rule,
        open_only: which.open,
        limit: page.limit,
        before: page.before,
    };
    let alerts = member.ask(request).await?;
    Ok(page.of(alerts, |alert| Place {
        open: alert.resolved_at.is_none(),
        at: alert.opened_at,
        id: alert.id.0,
    }))
}
