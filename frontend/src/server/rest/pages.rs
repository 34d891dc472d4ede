//! `GET|POST /tenants/{tenant}/pages`

use axum::Json;
use axum::http::StatusCode;
use contract::page::{Create, List, Page as StatusPage, Place, Spec};
use service::problem::ProblemResponse;

use super::listing::{Listed, Page, Piece};
use crate::server::extract::Body;
use crate::server::member::Member;

/// List status pages
///
/// The first one of the tenant, then by title.
#[utoipa::path(
    get,
    path = "/pages",
    operation_id = "list_pages",
    tag = "pages",
    params(Piece),
    responses((status = 200, description = "Pages.", body = Vec<StatusPage>)),
)]
pub(super) async fn list(
    member: Member,
    page: Page<Place>,
) -> Result<Listed<StatusPage>, ProblemResponse> {
    page.ask::<List>(&member).await
}

/// Make a status page
///
/// Without components it shows every monitor that is marked public.
#[utoipa::path(
    post,
    path = "/pages",
    operation_id = "create_page",
    tag = "pages",
    request_body(content = Spec, example = json!({"slug": "eu", "title": "Acme Europe", "visibility": "published", "color": "#4048c8", "time_zone": "Europe/Berlin", "components": []})),
    responses((status = 201, description = "The page.", body = StatusPage), (status = 409, description = "There is a page of that name.")),
)]
pub(super) async fn create(
    member: Member,
    Body(spec): Body<Spec>,
) -> Result<(StatusCode, Json<StatusPage>), ProblemResponse> {
    let page = member.ask(Create { spec }).await?;
    Ok((StatusCode::CREATED, Json(page)))
}
