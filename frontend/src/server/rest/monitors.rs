//! `GET|POST /tenants/{tenant}/monitors`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::listing::Ordered as _;
use contract::monitor::{Create, List, Place, Spec};
use service::problem::ProblemResponse;

use super::listing::{Listed, Page, Piece};
use super::ping::{MonitorWithPing, OverviewWithPing};
use crate::server::Site;
use crate::server::extract::Body;
use crate::server::member::Member;

/// List monitors
///
/// Each with its state, in the order of group and name.
#[utoipa::path(
    get,
    path = "/monitors",
    operation_id = "list_monitors",
    tag = "monitors",
    params(Piece),
    responses((status = 200, description = "Monitors.", body = Vec<OverviewWithPing>)),
)]
pub(super) async fn list(
    member: Member,
    State(site): State<Site>,
    page: Page<Place>,
) -> Result<Listed<OverviewWithPing>, ProblemResponse> {
    let request = List::piece(page.limit, page.before.clone());
    let monitors = member.ask(request).await?;
    let told = |overview| OverviewWithPing::new(&site, overview);
    let told = monitors.into_iter().map(told).collect();
    Ok(page.of(told, |one| one.answer.monitor.place()))
}

/// Create a monitor
///
/// It is looked at within two seconds and an interval. `failure_threshold` failures in a row make it down.
#[utoipa::path(
    post,
    path = "/monitors",
    operation_id = "create_monitor",
    tag = "monitors",
    request_body(content = Spec, example = json!({"name": "Shop", "group": "Public", "kind": "http", "target": "https://shop.example.com/health", "regions": ["eu-central"], "interval_s": 60, "timeout_ms": 5000, "conditions": ["[STATUS] == 200"], "failure_threshold": 3, "public": true})),
    responses((status = 201, description = "The monitor.", body = MonitorWithPing), (status = 409, description = "The name is taken.")),
)]
pub(super) async fn create(
    member: Member,
    State(site): State<Site>,
    Body(spec): Body<Spec>,
) -> Result<(StatusCode, Json<MonitorWithPing>), ProblemResponse> {
    let monitor = member.ask(Create { spec }).await?;
    let told = MonitorWithPing::new(&site, monitor);
    Ok((StatusCode::CREATED, Json(told)))
}
