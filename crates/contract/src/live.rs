//! Live updates for pages: core NATS, at most once. A page reads everything again when it reconnects.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{AlertId, IncidentId, MonitorId, Region, RuleId};
use crate::metric::Series;
use crate::monitor::Status;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "topic", rename_all = "snake_case")]
pub enum Update {
    /// Samples that were accepted a moment ago.
    Samples { series: Vec<Series> },
    /// A check finished or a state changed.
    Monitor(Box<MonitorUpdate>),
    /// An alert of a rule was opened or resolved.
    Alert {
        alert: AlertId,
        rule: RuleId,
        open: bool,
        title: String,
        at: DateTime<Utc>,
    },
    /// An incident was opened, told of, resolved or taken back.
    Incident {
        incident: IncidentId,
        /// Absent where it is about none.
        monitor: Option<MonitorId>,
        open: bool,
        title: String,
        at: DateTime<Utc>,
    },
}

impl Update {
    /// The token of the subject.
    pub fn topic(&self) -> &'static str {
        match self {
            Self::Samples { .. } => "samples",
            Self::Monitor(_) => "monitor",
            Self::Alert { .. } => "alert",
            Self::Incident { .. } => "incident",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonitorUpdate {
    pub monitor: MonitorId,
    pub status: Status,
    /// The check that caused it, if one did.
    pub region: Option<Region>,
    pub tick_at: Option<DateTime<Utc>>,
    pub total_time_ms: Option<f64>,
}
