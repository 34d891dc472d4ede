//! `GET /tenants/{tenant}/regions`

use axum::Json;
use axum::extract::State;
use contract::id::Region;
use serde::Serialize;
use service::problem::ProblemResponse;

use crate::server::Site;
use crate::server::bearer::Viewer;

#[derive(Serialize)]
pub(super) struct Available {
    name: Region,
    /// Probers that report for work there now.
    probers: u32,
}

/// Where monitors can be looked at from.
pub(super) async fn list(
    Viewer(_): Viewer,
    State(site): State<Site>,
) -> Result<Json<Vec<Available>>, ProblemResponse> {
    let regions = site.regions().await?;
    let available = regions
        .into_iter()
        .map(|(name, probers)| Available { name, probers });
    Ok(Json(available.collect()))
}
