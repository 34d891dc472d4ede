//! Planned work.

use contract::id::{MaintenanceId, Slug};
use contract::maintenance::{Maintenance, Overview, Spec};
#[cfg(feature = "ssr")]
use contract::{maintenance, rpc::Role};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::visit;

/// All windows of the tenant: those going on first, then by when they are next.
#[server(prefix = "/fn", endpoint = "maintenances", input = Json)]
pub async fn maintenances(tenant: Slug) -> Result<Vec<Overview>, Error> {
    visit::serve("maintenances", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        member.ask(maintenance::List {}).await
    })
    .await
}

#[server(prefix = "/fn", endpoint = "create-maintenance", input = Json)]
pub async fn create_maintenance(tenant: Slug, spec: Spec) -> Result<Maintenance, Error> {
    visit::serve("create-maintenance", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(maintenance::Create { spec }).await
    })
    .await
}

#[server(prefix = "/fn", endpoint = "update-maintenance", input = Json)]
pub async fn update_maintenance(
    tenant: Slug,
    id: MaintenanceId,
    spec: Spec,
) -> Result<Maintenance, Error> {
    visit::serve("update-maintenance", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(maintenance::Update { id, spec }).await
    })
    .await
}

/// One that is going on ends.
#[server(prefix = "/fn", endpoint = "delete-maintenance", input = Json)]
pub async fn delete_maintenance(tenant: Slug, id: MaintenanceId) -> Result<(), Error> {
    visit::serve("delete-maintenance", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(maintenance::Delete { id }).await
    })
    .await
}
