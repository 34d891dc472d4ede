//! `DELETE /tenants/{tenant}/invitations/{id}`, and for who has a link `POST /invitations/show` and `POST /invitations/accept`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::account::Membership;
use contract::id::InvitationId;
use contract::invitation::{Accept, Offer, Revoke, Show};
use contract::rpc::Caller;
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::ToSchema;

use crate::server::Site;
use crate::server::ask::ask;
use crate::server::extract::{Body, Id};
use crate::server::member::{Member, Person};

/// What a link ends with. It comes in a body, since addresses are written down in many places.
#[derive(Deserialize, ToSchema)]
#[schema(as = InvitationSecret)]
pub(super) struct Link {
    secret: String,
}

/// Withdraw an invitation
///
/// Its link is good no longer.
#[utoipa::path(
    delete,
    path = "/invitations/{id}",
    operation_id = "revoke_invitation",
    tag = "members",
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn revoke(
    member: Member,
    Id(id): Id<InvitationId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Revoke { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Look at an invitation
///
/// Who invites to what, with which role.
#[utoipa::path(
    post,
    path = "/invitations/show",
    operation_id = "show_invitation",
    tag = "members",
    request_body(content = Link, example = json!({"secret": "ovi_0123456789abcdefghijklmnopqrstuv"})),
    responses((status = 200, description = "What the link offers.", body = Offer), (status = 404, description = "It was used, withdrawn, or has expired.")),
)]
pub(super) async fn show(
    State(site): State<Site>,
    Body(Link { secret }): Body<Link>,
) -> Result<Json<Offer>, ProblemResponse> {
    let offer = ask(&site.bus, &Caller::Visitor, &Show { secret }).await?;
    Ok(Json(offer))
}

/// Accept an invitation
///
/// Makes the caller a member; the link is used up.
#[utoipa::path(
    post,
    path = "/invitations/accept",
    operation_id = "accept_invitation",
    tag = "members",
    request_body(content = Link, example = json!({"secret": "ovi_0123456789abcdefghijklmnopqrstuv"})),
    responses((status = 200, description = "The place in the tenant.", body = Membership), (status = 404, description = "It was used, withdrawn, or has expired."), (status = 409, description = "The caller is a member already; the link stays good.")),
)]
pub(super) async fn accept(
    person: Person,
    Body(Link { secret }): Body<Link>,
) -> Result<Json<Membership>, ProblemResponse> {
    Ok(Json(person.ask(Accept { secret }).await?))
}
