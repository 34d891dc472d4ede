//! `GET|PUT|DELETE /tenants/{tenant}/monitors/{id}`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::id::MonitorId;
use contract::monitor::{Delete, Read, Spec, Update};
use service::problem::ProblemResponse;

use super::ping::{MonitorWithPing, OverviewWithPing};
use super::since::Since;
use crate::server::Site;
use crate::server::extract::{Body, Id, Query};
use crate::server::member::Member;

/// Read a monitor
///
/// With its state and why it is so.
#[utoipa::path(
    get,
    path = "/monitors/{id}",
    operation_id = "read_monitor",
    tag = "monitors",
    responses((status = 200, description = "The monitor.", body = OverviewWithPing)),
)]
pub(super) async fn read(
    member: Member,
    State(site): State<Site>,
    Id(id): Id<MonitorId>,
) -> Result<Json<OverviewWithPing>, ProblemResponse> {
    let overview = member.ask(Read { id }).await?;
    Ok(Json(OverviewWithPing::new(&site, overview)))
}

/// Change a monitor
///
/// Replaces its description; it holds within two seconds.
#[utoipa::path(
    put,
    path = "/monitors/{id}",
    operation_id = "update_monitor",
    tag = "monitors",
    params(Since),
    request_body(content = Spec, example = json!({"name": "Shop front", "group": "Public", "kind": "http", "target": "https://shop.example.com/health", "regions": ["eu-central"], "interval_s": 60, "timeout_ms": 5000, "conditions": ["[STATUS] == 200"], "failure_threshold": 3, "public": true})),
    responses((status = 200, description = "The monitor as it is now.", body = MonitorWithPing), (status = 409, description = "It changed meanwhile, or the name is taken.")),
)]
pub(super) async fn update(
    member: Member,
    State(site): State<Site>,
    Id(id): Id<MonitorId>,
    Query(Since { revision }): Query<Since>,
    Body(spec): Body<Spec>,
) -> Result<Json<MonitorWithPing>, ProblemResponse> {
    let update = Update { id, spec, revision };
    let monitor = member.ask(update).await?;
    Ok(Json(MonitorWithPing::new(&site, monitor)))
}

/// Delete a monitor
///
/// With all that is known of it.
#[utoipa::path(
    delete,
    path = "/monitors/{id}",
    operation_id = "delete_monitor",
    tag = "monitors",
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn remove(
    member: Member,
    Id(id): Id<MonitorId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Delete { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}
