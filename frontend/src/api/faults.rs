//! Faults of a test-bed, for those who run it: members of the tenant `overseer` see which are on, its admins switch them.

use contract::fault::{Fault, Kind};
use contract::id::Slug;
#[cfg(feature = "ssr")]
use contract::{
    fault::Settings,
    rpc::{self, Role},
};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::{faults, visit};

/// Those that are on, as this server has learned: pages look every few seconds.
#[server(prefix = "/fn", endpoint = "faults", input = Json)]
pub async fn faults(tenant: Slug) -> Result<Vec<Fault>, Error> {
    visit::serve("faults", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        faults::switches(&visit.site, member.tenant())?;
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
        let member = visit.member(&tenant, Role::Admin).await?;
        let switches = faults::switches(&visit.site, member.tenant())?;
        let settings = Settings::read(kind, settings.split_whitespace())
            .map_err(|error| rpc::Error::invalid("settings", error.to_string()))?;
        faults::set(&switches, kind, settings, lasts_min).await
    })
    .await
}

/// Mends one. The answer are those that are on.
#[server(prefix = "/fn", endpoint = "clear-fault")]
pub async fn clear_fault(tenant: Slug, kind: Kind) -> Result<Vec<Fault>, Error> {
    visit::serve("clear-fault", |visit| async move {
        let member = visit.member(&tenant, Role::Admin).await?;
        let switches = faults::switches(&visit.site, member.tenant())?;
        faults::clear(&switches, kind).await
    })
    .await
}
