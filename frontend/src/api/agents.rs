//! Agents of hosts.

use contract::agent::{Agent, Invitation};
use contract::id::{AgentId, Slug};
#[cfg(feature = "ssr")]
use contract::{agent, rpc::Role};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use super::Error;
#[cfg(feature = "ssr")]
use crate::{server::visit, view::command::register};

/// A fresh invitation and the command that uses it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Invited {
    pub invitation: Invitation,
    pub command: String,
}

#[server(prefix = "/fn", endpoint = "agents", input = Json)]
pub async fn agents(tenant: Slug) -> Result<Vec<Agent>, Error> {
    visit::serve("agents", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        member.ask(agent::List::ALL).await
    })
    .await
}

/// Invites a host; the code is in this answer and never again.
#[server(prefix = "/fn", endpoint = "invite-agent", input = Json)]
pub async fn invite_agent(tenant: Slug, name: String) -> Result<Invited, Error> {
    visit::serve("invite-agent", |visit| async move {
        let member = visit.member(&tenant, Role::Admin).await?;
        let here = visit.origin()?;
        let invitation = member.ask(agent::Invite { name }).await?;
        let command = register(&here, &invitation.code);
        Ok(Invited {
            invitation,
            command,
        })
    })
    .await
}

#[server(prefix = "/fn", endpoint = "remove-agent", input = Json)]
pub async fn remove_agent(tenant: Slug, id: AgentId) -> Result<(), Error> {
    visit::serve("remove-agent", |visit| async move {
        let member = visit.member(&tenant, Role::Admin).await?;
        member.ask(agent::Remove { id }).await
    })
    .await
}
