//! `GET|POST /tenants`

use axum::Json;
use axum::http::StatusCode;
use contract::account::{CreateTenant, Membership, Tenant, TenantForm};
use service::problem::ProblemResponse;

use crate::server::extract::Body;
use crate::server::member::Person;

/// List one's own tenants
///
/// Those that the caller belongs to, with their role there.
#[utoipa::path(
    get,
    path = "/tenants",
    operation_id = "list_tenants",
    tag = "tenants",
    responses((status = 200, description = "Places.", body = Vec<Membership>)),
)]
pub(super) async fn list(person: Person) -> Json<Vec<Membership>> {
    Json(person.identity.memberships)
}

/// Create a tenant
///
/// The caller owns it.
#[utoipa::path(
    post,
    path = "/tenants",
    operation_id = "create_tenant",
    tag = "tenants",
    request_body(content = TenantForm, example = json!({"slug": "engines", "name": "Analytical Engines"})),
    responses((status = 201, description = "The tenant.", body = Tenant), (status = 409, description = "The name in URLs is taken, or the caller owns too many.")),
)]
pub(super) async fn create(
    person: Person,
    Body(form): Body<TenantForm>,
) -> Result<(StatusCode, Json<Tenant>), ProblemResponse> {
    let created = person.ask(CreateTenant { form }).await?;
    Ok((StatusCode::CREATED, Json(created)))
}
