//! Incidents: periods in which something was wrong.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{IncidentId, MonitorId};
use crate::rpc::request;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Investigating,
    Identified,
    Monitoring,
    Resolved,
    Postmortem,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Monitoring => "monitoring",
            Self::Resolved => "resolved",
            Self::Postmortem => "postmortem",
        }
    }
}

/// An incident as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    pub id: IncidentId,
    /// The monitor it was opened for; absent for incidents of people's own making.
    pub monitor: Option<MonitorId>,
    pub title: String,
    pub status: Status,
    /// Dated back to the first failing check.
    pub started_at: DateTime<Utc>,
    pub resolved_at: Option<DateTime<Utc>>,
    /// Newest first.
    pub updates: Vec<Update>,
    /// Generated for a demonstration.
    pub demo: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    pub status: Status,
    pub body: String,
    pub at: DateTime<Utc>,
}

request! {
    /// Incidents of the tenant, open ones first, then the newest first.
    List { pub limit: u32 } -> Vec<Incident>, "incident", "list";
}
