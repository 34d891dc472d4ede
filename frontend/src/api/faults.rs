//! Faults of a test-bed, for those who run it: members of the tenant `overseer` see which are on, its admins switch them.

#[cfg(feature = "ssr")]
use std::sync::Arc;

use contract::fault::{Fault, Kind};
use contract::id::Slug;
#[cfg(feature = "ssr")]
use contract::{
    fault::Settings,
    rpc::{self, Role},
    telemetry::TENANT,
};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::visit::{self, Visit};

/// Those that are on, as this server has learned: pages look every few seconds.
#[server(prefix = "/fn", endpoint = "faults", input = Json)]
pub async fn faults(tenant: Slug) -> Result<Vec<Fault>, Error> {
    visit::serve("faults", |visit| async move {
        switches(&visit, &tenant, Role::Viewer).await?;
        Ok(visit.site.bus.faults().all())
    })
    .await
}

/// Switches a fault on for so many minutes, as posted by a form: `settings` such as `ms=200 share=0.5`. The answer are those that
/// are on.
#[server(prefix = "/fn", endpoint = "set-fault")]
pub async fn set_fault(
    tenant: Slug,
    kind: Kind,
    settings: String,
    lasts_min: i64,
) -> Result<Vec<Fault>, Error> {
    visit::serve("set-fault", |visit| async move {
        let switches = switches(&visit, &tenant, Role::Admin).await?;
        let settings = Settings::read(kind, settings.split_whitespace())
            .map_err(|error| rpc::Error::invalid("settings", error.to_string()))?;
        let lasts = chrono::TimeDelta::try_minutes(lasts_min).unwrap_or_default();
        let set = switches.set(kind, settings, lasts).await;
        set.map_err(|error| match error {
            bus::SwitchError::Length => rpc::Error::invalid("lasts_min", error.to_string()),
            bus::SwitchError::Bucket(error) => away(error),
        })?;
        switches.on().await.map_err(away)
    })
    .await
}

/// Mends one. The answer are those that are on.
#[server(prefix = "/fn", endpoint = "clear-fault")]
pub async fn clear_fault(tenant: Slug, kind: Kind) -> Result<Vec<Fault>, Error> {
    visit::serve("clear-fault", |visit| async move {
        let switches = switches(&visit, &tenant, Role::Admin).await?;
        switches.clear(kind).await.map_err(away)?;
        switches.on().await.map_err(away)
    })
    .await
}

/// There are none outside a test-bed, and none in other tenants.
#[cfg(feature = "ssr")]
async fn switches(
    visit: &Visit,
    tenant: &Slug,
    needed: Role,
) -> Result<Arc<bus::Switches>, rpc::Error> {
    visit.member(tenant, needed).await?;
    let (_, place) = visit.place(tenant).await?;
    let switches = visit.site.switches.clone();
    switches
        .filter(|_| place.tenant == TENANT)
        .ok_or_else(|| rpc::Error::not_found("fault"))
}

#[cfg(feature = "ssr")]
fn away(error: bus::UpdateError) -> rpc::Error {
    tracing::warn!(%error, "the switches of faults gave no answer");
    rpc::Error::Unavailable
}
