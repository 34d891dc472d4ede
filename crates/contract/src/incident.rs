//! Incidents: periods in which something was wrong.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::id::{IncidentId, MonitorId};
use crate::listing::Place;
use crate::rpc::request;
use crate::telemetry::TraceId;

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = IncidentStatus))]
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
    /// Whether it is over.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Resolved | Self::Postmortem)
    }

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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = IncidentUpdate))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    pub status: Status,
    pub body: String,
    pub at: DateTime<Utc>,
    /// What a monitor found; known to members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// How a monitor came to say so; known to members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub trace: Option<TraceId>,
}

/// An incident as a person tells it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = IncidentSpec))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Spec {
    #[validate(length(min = 1, max = 200, message = "between 1 and 200 characters"))]
    pub title: String,
    /// The first update.
    #[validate(length(min = 1, max = 10_000, message = "between 1 and 10 000 characters"))]
    pub body: String,
    #[serde(default = "investigating")]
    pub status: Status,
    /// The monitor it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitor: Option<MonitorId>,
    /// Now where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<DateTime<Utc>>,
}

/// What a person adds to an incident, their own or an automatic one.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = IncidentNote))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Note {
    /// `resolved` ends the incident; anything before it opens it again.
    pub status: Status,
    #[validate(length(min = 1, max = 10_000, message = "between 1 and 10 000 characters"))]
    pub body: String,
}

fn investigating() -> Status {
    Status::Investigating
}

request! {
    /// Tells an incident that no monitor found.
    Create { pub spec: Spec } -> Incident, "incident", "create";
    Read { pub id: IncidentId } -> Incident, "incident", "read";
    /// Adds an update, which becomes the incident's status.
    AddUpdate { pub id: IncidentId, pub note: Note } -> Incident, "incident", "add-update";
    /// Deletes an incident and all its updates.
    Delete { pub id: IncidentId } -> (), "incident", "delete";
    /// Incidents of the tenant, open ones first, then the newest first.
    List { pub limit: u32, #[serde(default)] pub before: Option<Place> } -> Vec<Incident>, "incident", "list";
}
