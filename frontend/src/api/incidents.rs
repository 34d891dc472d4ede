//! Incidents.

use contract::id::Slug;
use contract::incident::Incident;
#[cfg(feature = "ssr")]
use contract::{incident, rpc::Role};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::visit;

/// Incidents of the tenant, open ones first, then the newest first.
#[server(prefix = "/fn", endpoint = "incidents", input = Json)]
pub async fn incidents(tenant: Slug, limit: u32) -> Result<Vec<Incident>, Error> {
    visit::serve("incidents", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        member.ask(incident::List { limit }).await
    })
    .await
}
