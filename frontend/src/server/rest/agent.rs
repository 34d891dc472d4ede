//! `DELETE /tenants/{tenant}/agents/{id}` and `POST /agents/register`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::agent::{Form, Register, Remove, Welcome};
use contract::id::AgentId;
use contract::rpc::Caller;
use service::problem::ProblemResponse;

use crate::server::Site;
use crate::server::ask::ask;
use crate::server::bearer::Admin;
use crate::server::extract::{Body, Id};

/// Ingress refuses the agent's token within a second.
pub(super) async fn remove(
    Admin(member): Admin,
    Id(id): Id<AgentId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Remove { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Exchanges a code for the agent's own token. The token is in this answer and never again.
pub(super) async fn register(
    State(site): State<Site>,
    Body(form): Body<Form>,
) -> Result<(StatusCode, Json<Welcome>), ProblemResponse> {
    let registered = ask(&site.bus, &Caller::Visitor, &Register { form }).await?;
    let welcome = Welcome {
        id: registered.id,
        name: registered.name,
        tenant: registered.tenant,
        token: registered.secret,
        ingress_url: site.ingress_url.to_string(),
    };
    Ok((StatusCode::CREATED, Json(welcome)))
}
