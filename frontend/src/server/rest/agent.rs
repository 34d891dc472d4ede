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
use crate::server::extract::{Body, Id};
use crate::server::member::Member;

/// Remove an agent
///
/// Ingress refuses the agent's token within a second.
#[utoipa::path(
    delete,
    path = "/agents/{id}",
    operation_id = "remove_agent",
    tag = "agents",
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn remove(
    member: Member,
    Id(id): Id<AgentId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Remove { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Register an agent
///
/// Exchanges the code of an invitation for the agent's own token. The token is in this answer and never again.
#[utoipa::path(
    post,
    path = "/agents/register",
    operation_id = "register_agent",
    tag = "agents",
    request_body(content = Form, example = json!({"code": "ovc_0123456789abcdefghijklmnopqrstuv", "hostname": "web-1", "version": "0.1.0", "os": "Debian 12"})),
    responses((status = 201, description = "The agent may push.", body = Welcome), (status = 429, description = "Too many attempts with a wrong code.")),
)]
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
