//! `GET|POST /tenants/{tenant}/agents`

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use contract::agent::{Agent, Invitation, Invite, List};
use serde::{Deserialize, Serialize};
use service::problem::ProblemResponse;

use crate::server::bearer::{Admin, Viewer};
use crate::server::extract::Body;
use crate::server::{Site, origin};
use crate::view::command::register;

#[derive(Deserialize)]
pub(super) struct Wanted {
    name: String,
}

#[derive(Serialize)]
pub(super) struct Invited {
    #[serde(flatten)]
    invitation: Invitation,
    /// Lets the agent of a host in, when it is run there.
    command: String,
}

pub(super) async fn list(Viewer(member): Viewer) -> Result<Json<Vec<Agent>>, ProblemResponse> {
    Ok(Json(member.ask(List {}).await?))
}

/// The code is in this answer and never again.
pub(super) async fn invite(
    axum::extract::State(site): axum::extract::State<Site>,
    Admin(member): Admin,
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
