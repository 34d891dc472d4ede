//! Incidents: found by monitors, or told by people.

use contract::id::{IncidentId, Slug};
use contract::incident::{self, Note, Spec};
use contract::listing::Place;
#[cfg(feature = "ssr")]
use contract::rpc::Role;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::visit;

/// Incidents of the tenant, open ones first, then the newest first, from the first or behind a place.
#[server(prefix = "/fn", endpoint = "incidents", input = Json)]
pub async fn incidents(
    tenant: Slug,
    limit: u32,
    before: Option<Place>,
) -> Result<Vec<incident::Incident>, Error> {
    visit::serve("incidents", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        member.ask(incident::List { limit, before }).await
    })
    .await
}

#[server(prefix = "/fn", endpoint = "incident", input = Json)]
pub async fn incident(tenant: Slug, id: IncidentId) -> Result<incident::Incident, Error> {
    visit::serve("incident", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        member.ask(incident::Read { id }).await
    })
    .await
}

/// Tells an incident that no monitor found.
#[server(prefix = "/fn", endpoint = "create-incident", input = Json)]
pub async fn create_incident(tenant: Slug, spec: Spec) -> Result<incident::Incident, Error> {
    visit::serve("create-incident", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(incident::Create { spec }).await
    })
    .await
}

/// Adds an update, whose status becomes the incident's.
#[server(prefix = "/fn", endpoint = "update-incident", input = Json)]
pub async fn update_incident(
    tenant: Slug,
    id: IncidentId,
    note: Note,
) -> Result<incident::Incident, Error> {
    visit::serve("update-incident", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(incident::AddUpdate { id, note }).await
    })
    .await
}

#[server(prefix = "/fn", endpoint = "delete-incident", input = Json)]
pub async fn delete_incident(tenant: Slug, id: IncidentId) -> Result<(), Error> {
    visit::serve("delete-incident", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(incident::Delete { id }).await
    })
    .await
}
