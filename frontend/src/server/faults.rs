//! Switching the faults of a test-bed, for those who run it: from a page and by a program alike.

use std::sync::Arc;

use bus::{SwitchError, Switches, UpdateError};
use chrono::TimeDelta;
use contract::fault::{Fault, Kind, Settings};
use contract::id::TenantId;
use contract::rpc::Error;
use contract::telemetry::TENANT;

use super::Site;

/// There are none outside a test-bed, and none in other tenants.
pub(crate) fn switches(site: &Site, tenant: TenantId) -> Result<Arc<Switches>, Error> {
    let switches = site.switches.clone();
    switches
        .filter(|_| tenant == TENANT)
        .ok_or_else(|| Error::not_found("fault"))
}

/// Switches a fault on for so many minutes. The answer are those that are on.
pub(crate) async fn set(
    switches: &Switches,
    kind: Kind,
    settings: Settings,
    lasts_min: i64,
) -> Result<Vec<Fault>, Error> {
    let lasts = TimeDelta::try_minutes(lasts_min).unwrap_or_default();
    let set = switches.set(kind, settings, lasts).await;
    set.map_err(|error| match error {
        SwitchError::Length => Error::invalid("lasts_min", error.to_string()),
        SwitchError::Bucket(error) => away(error),
    })?;
    switches.on().await.map_err(away)
}

/// Mends one. The answer are those that are on.
pub(crate) async fn clear(switches: &Switches, kind: Kind) -> Result<Vec<Fault>, Error> {
    switches.clear(kind).await.map_err(away)?;
    switches.on().await.map_err(away)
}

fn away(error: UpdateError) -> Error {
    tracing::warn!(%error, "the switches of faults gave no answer");
    Error::Unavailable
}
