//! `GET|PATCH|DELETE /tenants/{tenant}`

use axum::Json;
use axum::http::StatusCode;
use contract::account::{DeleteTenant, NameForm, ReadTenant, RenameTenant, Tenant};
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::IntoParams;

use crate::server::extract::{Body, Query};
use crate::server::member::Member;

/// Read a tenant
///
/// What it is called.
#[utoipa::path(
    get,
    path = "/tenants/{tenant}",
    operation_id = "read_tenant",
    tag = "tenants",
    responses((status = 200, description = "The tenant.", body = Tenant)),
)]
pub(super) async fn read(member: Member) -> Result<Json<Tenant>, ProblemResponse> {
    Ok(Json(member.ask(ReadTenant {}).await?))
}

/// Rename a tenant
///
/// The name in URLs stays.
#[utoipa::path(
    patch,
    path = "/tenants/{tenant}",
    operation_id = "rename_tenant",
    tag = "tenants",
    request_body(content = NameForm, example = json!({"name": "Analytical Engines"})),
    responses((status = 200, description = "The tenant.", body = Tenant)),
)]
pub(super) async fn rename(
    member: Member,
    Body(form): Body<NameForm>,
) -> Result<Json<Tenant>, ProblemResponse> {
    Ok(Json(member.ask(RenameTenant { form }).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Confirmation {
    /// The tenant's name in URLs once more.
    #[param(example = "engines")]
    confirm: String,
}

/// Delete a tenant
///
/// With everything in it: monitors and what they saw, metrics, pages, rules, channels, tokens. Nobody reaches any of it from then on, nothing
/// is checked or told within a minute, and its name in URLs is free. There is no way back.
#[utoipa::path(
    delete,
    path = "/tenants/{tenant}",
    operation_id = "delete_tenant",
    tag = "tenants",
    params(Confirmation),
    responses((status = 204, description = "It is gone."), (status = 409, description = "It is the tenant of the services themselves.")),
)]
pub(super) async fn remove(
    member: Member,
    Query(Confirmation { confirm }): Query<Confirmation>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(DeleteTenant { confirm }).await?;
    Ok(StatusCode::NO_CONTENT)
}
