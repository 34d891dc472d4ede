//! Planned work.

use contract::id::{MaintenanceId, Slug};
use contract::maintenance::{self, Overview, Spec};
#[cfg(feature = "ssr")]
use contract::rpc::Role;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::visit;

/// All windows of the tenant, by when they are next.
#[server(prefix = "/fn", endpoint = "maintenances", input = Json)]
pub async fn maintenances(tenant: Slug) -> Result<Vec<Overview>, Error> {
    visit::serve("maintenances", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        let mut windows = member.ask(maintenance::List::ALL).await?;
        windows.sort_by_key(|window| window.next);
        Ok(windows)
    })
    .await
}

#[server(prefix = "/fn", endpoint = "maintenance", input = Json)]
pub async fn maintenance(
    tenant: Slug,
    id: MaintenanceId,
) -> Result<maintenance::Maintenance, Error> {
    visit::serve("maintenance", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        let window = member.ask(maintenance::Read { id }).await?;
        Ok(window.maintenance)
    })
    .await
}

#[server(prefix = "/fn", endpoint = "create-maintenance", input = Json)]
pub async fn create_maintenance(
    tenant: Slug,
    spec: Spec,
) -> Result<maintenance::Maintenance, Error> {
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
) -> Result<maintenance::Maintenance, Error> {
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
