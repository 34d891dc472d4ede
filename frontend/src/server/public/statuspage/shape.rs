//! The shapes of Statuspage's documents, field by field.

use chrono::{DateTime, NaiveDate, Utc};
use contract::id::{MonitorId, PageId};
use serde::Serialize;
use uuid::Uuid;

/// Any of the documents; what it does not have is left out.
#[derive(Debug, Default, Serialize)]
pub(super) struct Document<'a> {
    pub(super) page: Page<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) components: Option<Vec<Component<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) incidents: Option<Vec<Incident<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scheduled_maintenances: Option<Vec<Maintenance<'a>>>,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Page<'a> {
    pub(super) id: Option<PageId>,
    pub(super) name: &'a str,
    pub(super) url: &'a str,
    pub(super) time_zone: &'a str,
    pub(super) updated_at: DateTime<Utc>,
}

#[derive(Debug, Serialize)]
pub(super) struct Status {
    pub(super) indicator: &'static str,
    pub(super) description: &'static str,
}

/// A component, or a group of some.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Component<'a> {
    pub(super) id: Uuid,
    pub(super) name: &'a str,
    pub(super) status: &'static str,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) position: usize,
    pub(super) description: Option<&'a str>,
    pub(super) showcase: bool,
    pub(super) start_date: Option<NaiveDate>,
    pub(super) group_id: Option<Uuid>,
    pub(super) page_id: PageId,
    pub(super) group: bool,
    pub(super) only_show_if_degraded: bool,
    /// Those of a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) components: Option<Vec<MonitorId>>,
}

#[expect(clippy::struct_field_names, reason = "names are Statuspage's")]
#[derive(Debug, Serialize)]
pub(super) struct Incident<'a> {
    pub(super) id: Uuid,
    pub(super) name: &'a str,
    pub(super) status: &'static str,
    pub(super) impact: &'static str,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) monitoring_at: Option<DateTime<Utc>>,
    pub(super) resolved_at: Option<DateTime<Utc>>,
    pub(super) started_at: DateTime<Utc>,
    pub(super) shortlink: String,
    pub(super) page_id: PageId,
    /// Newest first.
    pub(super) incident_updates: Vec<Update<'a>>,
    pub(super) components: Vec<Component<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Update<'a> {
    pub(super) id: Uuid,
    pub(super) incident_id: Uuid,
    pub(super) status: &'static str,
    pub(super) body: &'a str,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) display_at: DateTime<Utc>,
    pub(super) affected_components: Vec<Affected<'a>>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Affected<'a> {
    pub(super) code: MonitorId,
    pub(super) name: &'a str,
    pub(super) old_status: &'static str,
    pub(super) new_status: &'static str,
}

/// Planned work is an incident with a time.
#[derive(Debug, Serialize)]
pub(super) struct Maintenance<'a> {
    #[serde(flatten)]
    pub(super) incident: Incident<'a>,
    pub(super) scheduled_for: DateTime<Utc>,
    pub(super) scheduled_until: DateTime<Utc>,
}
