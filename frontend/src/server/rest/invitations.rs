//! `GET|POST /tenants/{tenant}/invitations`

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use contract::invitation::{Create, Created, Form, Invitation, List};
use contract::listing::Place;
use serde::Serialize;
use service::problem::ProblemResponse;
use utoipa::ToSchema;

use super::listing::{Listed, Page, Piece};
use crate::server::extract::Body;
use crate::server::member::Member;
use crate::server::{Site, origin};
use crate::view::invitation::link;

#[derive(Serialize, ToSchema)]
#[schema(as = InvitedMember)]
pub(super) struct Invited {
    #[serde(flatten)]
    created: Created,
    /// For the one who is invited.
    link: String,
}

/// List invitations
///
/// Those that nobody accepted yet, newest first, expired ones included.
#[utoipa::path(
    get,
    path = "/invitations",
    operation_id = "list_invitations",
    tag = "members",
    params(Piece),
    responses((status = 200, description = "Open invitations.", body = Vec<Invitation>)),
)]
pub(super) async fn list(
    member: Member,
    page: Page<Place>,
) -> Result<Listed<Invitation>, ProblemResponse> {
    page.ask::<List>(&member).await
}

/// Invite somebody
///
/// Makes a link that is good once, for seven days. Link and secret are in this answer and never again; nothing is sent to anybody.
#[utoipa::path(
    post,
    path = "/invitations",
    operation_id = "invite_member",
    tag = "members",
    request_body(content = Form, example = json!({"email": "bob@example.com", "role": "viewer"})),
    responses((status = 201, description = "The invitation.", body = Invited), (status = 409, description = "Too many invitations are open.")),
)]
pub(super) async fn create(
    State(site): State<Site>,
    member: Member,
    headers: HeaderMap,
    Body(form): Body<Form>,
) -> Result<(StatusCode, Json<Invited>), ProblemResponse> {
    let here = origin::of(&headers, site.secure)?;
    let created = member.ask(Create { form }).await?;
    let link = link(&here, &created.secret);
    Ok((StatusCode::CREATED, Json(Invited { created, link })))
}
