//! Monitors, and what a dashboard starts with.

use contract::account::{Identity, Membership};
use contract::alert::Alert;
use contract::fault::Fault;
use contract::id::{MonitorId, Region, Slug};
use contract::incident::Incident;
use contract::monitor::{self, Before, ResponseTimes, Spec, Summary};
use contract::probe::Finished;
#[cfg(feature = "ssr")]
use contract::probe::Phase;
#[cfg(feature = "ssr")]
use contract::{alert, incident, rpc::Role, telemetry::TENANT};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::visit;
#[cfg(feature = "ssr")]
use crate::view::place::READ;

/// What the overview of a tenant shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// The reader.
    pub identity: Identity,
    /// The reader's place in this tenant.
    pub membership: Membership,
    pub monitors: Vec<monitor::Overview>,
    pub incidents: Vec<Incident>,
    /// Those that are open.
    pub alerts: Vec<Alert>,
    /// Where samples are pushed to, for commands to copy.
    pub ingress_url: String,
    /// What is broken on purpose, for members of the tenant `overseer` of a test-bed.
    pub faults: Option<Vec<Fault>>,
}

/// What the page of one monitor shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    pub overview: monitor::Overview,
    /// Newest first.
    pub results: Vec<Finished>,
    pub summary: Summary,
}

#[cfg(feature = "ssr")]
const ALERTS_SHOWN: u32 = 200;
#[cfg(feature = "ssr")]
const RESULTS_SHOWN: u32 = 60;
/// As many steps as a wide screen can tell apart.
#[cfg(feature = "ssr")]
const TIMES_SHOWN: u32 = 360;

/// A tenant's monitors and incidents, and who reads them.
#[server(prefix = "/fn", endpoint = "overview", input = Json)]
pub async fn overview(tenant: Slug) -> Result<Board, Error> {
    visit::serve("overview", |visit| async move {
        let (identity, membership) = visit.place(&tenant).await?;
        let member = visit.member(&tenant, Role::Viewer).await?;
        let mut places = identity.memberships.iter();
        let runs_this = places.any(|place| place.tenant == TENANT);
        let bus = &visit.site.bus;
        let faults = (runs_this && bus.is_test_bed()).then(|| bus.faults().all());
        let open = alert::List {
            rule: None,
            open_only: true,
            limit: ALERTS_SHOWN,
            before: None,
        };
        let (monitors, incidents, alerts) = tokio::try_join!(
            member.ask(monitor::List::ALL),
            member.ask(incident::List {
                limit: READ,
                before: None
            }),
            member.ask(open),
        )?;
        Ok(Board {
            identity,
            membership,
            monitors,
            incidents,
            alerts,
            ingress_url: visit.site.ingress_url.to_string(),
            faults,
        })
    })
    .await
}

/// One monitor with its latest results and numbers.
#[server(prefix = "/fn", endpoint = "monitor", input = Json)]
pub async fn monitor(tenant: Slug, id: MonitorId) -> Result<Detail, Error> {
    visit::serve("monitor", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        let latest = monitor::Results {
            id,
            region: None,
            before: None,
            limit: RESULTS_SHOWN,
        };
        let (overview, results, summary) = tokio::try_join!(
            member.ask(monitor::Read { id }),
            member.ask(latest),
            member.ask(monitor::Summarize { id }),
        )?;
        Ok(Detail {
            overview,
            results,
            summary,
        })
    })
    .await
}

/// Older results of a monitor, newest first.
#[server(prefix = "/fn", endpoint = "results", input = Json)]
pub async fn results(
    tenant: Slug,
    id: MonitorId,
    region: Option<Region>,
    before: Option<Before>,
) -> Result<Vec<Finished>, Error> {
    visit::serve("results", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        let page = monitor::Results {
            id,
            region,
            before,
            limit: RESULTS_SHOWN,
        };
        member.ask(page).await
    })
    .await
}

/// How long the checks of a monitor took in all, and how they ended, from an instant to another.
#[server(prefix = "/fn", endpoint = "timings", input = Json)]
pub async fn timings(
    tenant: Slug,
    id: MonitorId,
    from_ms: i64,
    to_ms: i64,
) -> Result<ResponseTimes, Error> {
    visit::serve("timings", |visit| async move {
        let member = visit.member(&tenant, Role::Viewer).await?;
        let question = monitor::ReadTimings {
            id,
            from_ms,
            to_ms,
            region: None,
            phase: Some(Phase::TotalTime),
            max_points: Some(TIMES_SHOWN),
        };
        member.ask(question).await
    })
    .await
}

#[server(prefix = "/fn", endpoint = "create-monitor", input = Json)]
pub async fn create_monitor(tenant: Slug, spec: Spec) -> Result<monitor::Monitor, Error> {
    visit::serve("create-monitor", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(monitor::Create { spec }).await
    })
    .await
}

/// Refused when the monitor has another revision by now.
#[server(prefix = "/fn", endpoint = "update-monitor", input = Json)]
pub async fn update_monitor(
    tenant: Slug,
    id: MonitorId,
    spec: Spec,
    revision: Option<i64>,
) -> Result<monitor::Monitor, Error> {
    visit::serve("update-monitor", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(monitor::Update { id, spec, revision }).await
    })
    .await
}

/// Stops looking, or begins again. Refused when somebody else changes the monitor at that moment.
#[server(prefix = "/fn", endpoint = "pause-monitor", input = Json)]
pub async fn pause_monitor(
    tenant: Slug,
    id: MonitorId,
    paused: bool,
) -> Result<monitor::Monitor, Error> {
    visit::serve("pause-monitor", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        let known = member.ask(monitor::Read { id }).await?.monitor;
        let spec = Spec {
            paused,
            ..known.spec
        };
        let revision = Some(known.revision);
        member.ask(monitor::Update { id, spec, revision }).await
    })
    .await
}

#[server(prefix = "/fn", endpoint = "delete-monitor", input = Json)]
pub async fn delete_monitor(tenant: Slug, id: MonitorId) -> Result<(), Error> {
    visit::serve("delete-monitor", |visit| async move {
        let member = visit.member(&tenant, Role::Editor).await?;
        member.ask(monitor::Delete { id }).await
    })
    .await
}

/// The regions in which a prober reports for work now.
#[server(prefix = "/fn", endpoint = "regions", input = Json)]
pub async fn regions(tenant: Slug) -> Result<Vec<Region>, Error> {
    visit::serve("regions", |visit| async move {
        visit.member(&tenant, Role::Viewer).await?;
        let regions = visit.site.regions().await?;
        Ok(regions.into_keys().collect())
    })
    .await
}
