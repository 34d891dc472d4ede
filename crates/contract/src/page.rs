//! Public status pages: everything a page shows, in one answer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{MonitorId, Slug, TenantId};
use crate::incident::Incident;
use crate::monitor::{Day, Status, Uptime};
use crate::rpc::request;

/// A status page as a visitor sees it. Only public monitors are in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct View {
    pub tenant: TenantId,
    pub slug: Slug,
    pub title: String,
    pub updated_at: DateTime<Utc>,
    /// In the order of the page.
    pub groups: Vec<Group>,
    /// Open ones first, then those of the last 14 days.
    pub incidents: Vec<Incident>,
    /// Some of the history was generated for a demonstration.
    pub demo: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Absent for monitors without a group.
    pub name: Option<String>,
    pub components: Vec<Component>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Component {
    pub monitor: MonitorId,
    pub name: String,
    pub status: Status,
    pub uptime_90d: Uptime,
    /// Ninety UTC days, oldest first, the last one today.
    pub days: Vec<Day>,
    /// Total time over the last 24 h: (Unix milliseconds of the hour, p50 ms, p95 ms).
    pub response: Vec<(i64, f64, f64)>,
}

request! {
    /// A tenant's status page. `not_found` unless it is published.
    Show { pub tenant: Slug } -> View, "page", "show";
}
