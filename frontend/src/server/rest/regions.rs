//! `GET /tenants/{tenant}/regions`

use axum::Json;
use axum::extract::State;
use contract::id::Region;
use serde::Serialize;
use service::problem::ProblemResponse;
use utoipa::ToSchema;

use crate::server::Site;
use crate::server::member::Member;

#[derive(Serialize, ToSchema)]
#[schema(as = AvailableRegion)]
pub(super) struct Available {
    name: Region,
    /// Probers that report for work there now.
    probers: u32,
}

/// List regions
///
/// Where monitors can be looked at from.
#[utoipa::path(
    get,
    path = "/regions",
    operation_id = "list_regions",
    tag = "monitors",
    responses((status = 200, description = "Regions whose probers report for work.", body = Vec<Available>)),
)]
pub(super) async fn list(
    _: Member,
    State(site): State<Site>,
) -> Result<Json<Vec<Available>>, ProblemResponse> {
    let regions = site.regions().await?;
    let available = regions
        .into_iter()
        .map(|(name, probers)| Available { name, probers });
    Ok(Json(available.collect()))
}
