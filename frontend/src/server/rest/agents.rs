//! `GET|POST /tenants/{tenant}/agents`

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use contract::agent::{Agent, Invitation, Invite, List};
use serde::{Deserialize, Serialize};
use service::problem::ProblemResponse;
use utoipa::ToSchema;

use super::listing::{Listed, Page, Piece};
use crate::server::extract::Body;
use crate::server::member::Member;
use crate::server::{Site, origin};
use crate::view::command::register;

#[derive(Deserialize, ToSchema)]
#[schema(as = AgentWanted)]
pub(super) struct Wanted {
    name: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = InvitedAgent)]
pub(super) struct Invited {
    #[serde(flatten)]
    invitation: Invitation,
    /// Lets the agent of a host in, when it is run there.
    command: String,
}

/// List agents
///
/// The hosts whose agents may push, and those that are invited, in the order of their names.
#[utoipa::path(
    get,
    path = "/agents",
    operation_id = "list_agents",
    tag = "agents",
    params(Piece),
    responses((status = 200, description = "Agents.", body = Vec<Agent>)),
)]
pub(super) async fn list(
    member: Member,
    page: Page<String>,
) -> Result<Listed<Agent>, ProblemResponse> {
    page.ask::<List>(&member).await
}

/// Invite an agent
///
/// The code is in this answer and never again. It is good for 15 minutes, once.
#[utoipa::path(
    post,
    path = "/agents",
    operation_id = "invite_agent",
    tag = "agents",
    request_body(content = Wanted, example = json!({"name": "web-1"})),
    responses((status = 201, description = "Run the command on the host.", body = Invited), (status = 409, description = "The name is taken.")),
)]
pub(super) async fn invite(
    axum::extract::State(site): axum::extract::State<Site>,
    member: Member,
    headers: HeaderMap,
    Body(Wanted { name }): Body<Wanted>,
) -> Result<(StatusCode, Json<Invited>), ProblemResponse> {
    let here = origin::of(&headers, site.secure)?;
    let invitation = member.ask(Invite { name }).await?;
    let command = register(&here, &invitation.code);
    let invited = Invited {
        invitation,
        command,
    };
    Ok((StatusCode::CREATED, Json(invited)))
}
