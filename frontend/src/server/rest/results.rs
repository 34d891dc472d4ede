//! `GET /tenants/{tenant}/monitors/{id}/results`

use contract::id::{MonitorId, Region};
use contract::monitor::{Before, Results};
use contract::probe::Finished;
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::IntoParams;

use super::listing::{Listed, Page, Piece};
use crate::server::extract::{Id, Query};
use crate::server::member::Member;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Only those of one region.
    #[param(inline)]
    region: Option<Region>,
}

/// List results
///
/// The latest results of a monitor, newest first.
#[utoipa::path(
    get,
    path = "/monitors/{id}/results",
    operation_id = "list_results",
    tag = "monitors",
    params(Piece, Which),
    responses((status = 200, description = "Results.", body = Vec<Finished>)),
)]
pub(super) async fn list(
    member: Member,
    Id(id): Id<MonitorId>,
    page: Page<Before>,
    Query(which): Query<Which>,
) -> Result<Listed<Finished>, ProblemResponse> {
    let request = Results {
        id,
        region: which.region,
        before: page.before.clone(),
        limit: page.limit,
    };
    let results = member.ask(request).await?;
    Ok(page.of(results, |result| Before::Result {
        tick_at: result.tick_at,
        region: result.region.clone(),
    }))
}
