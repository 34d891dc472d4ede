//! `GET|PATCH /tenants/{tenant}`

use axum::Json;
use contract::account::{NameForm, ReadTenant, RenameTenant, Tenant};
use service::problem::ProblemResponse;

use crate::server::extract::Body;
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
