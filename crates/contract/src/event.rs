//! Events: what happened, in the past tense, for EVENTS.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::alert;
use crate::channel::Delivery;
use crate::id::{IncidentId, MonitorId};
use crate::monitor::State;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    StateChanged(StateChanged),
    IncidentOpened(IncidentOpened),
    IncidentResolved(IncidentResolved),
    AlertOpened(alert::Opened),
    AlertReminded(alert::Reminded),
    AlertResolved(alert::Resolved),
    DeliveryAttempted(Delivery),
}

impl Event {
    /// The token of the subject.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::StateChanged(_) => "state-changed",
            Self::IncidentOpened(_) => "incident-opened",
            Self::IncidentResolved(_) => "incident-resolved",
            Self::AlertOpened(_) => "alert-opened",
            Self::AlertReminded(_) => "alert-reminded",
            Self::AlertResolved(_) => "alert-resolved",
            Self::DeliveryAttempted(_) => "delivery-attempted",
        }
    }

    /// A stable message id: the same event published twice is the same event.
    pub fn message_id(&self) -> String {
        match self {
            Self::StateChanged(event) => {
                format!("state-changed:{}:{}", event.monitor, event.sequence)
            }
            Self::IncidentOpened(event) => format!("incident-opened:{}", event.incident),
            Self::IncidentResolved(event) => format!("incident-resolved:{}", event.incident),
            Self::AlertOpened(event) => format!("alert-opened:{}", event.subject.alert),
            Self::AlertReminded(event) => {
                format!("alert-reminded:{}:{}", event.subject.alert, event.number)
            }
            Self::AlertResolved(event) => format!("alert-resolved:{}", event.subject.alert),
            Self::DeliveryAttempted(event) => format!(
                "delivery-attempted:{}:{}",
                event.notification, event.attempt
            ),
        }
    }
}

/// A monitor went from one state to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StateChanged {
    pub monitor: MonitorId,
    /// Counts the monitor's changes; (monitor, sequence) is the event's key.
    pub sequence: u64,
    pub from: State,
    pub to: State,
    /// Since when the new state holds: for `down`, the first failing check.
    pub at: DateTime<Utc>,
    /// In words: "3 of 4 regions failed twice".
    pub reason: String,
    /// What they found: "connect timeout".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// A monitor went down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentOpened {
    pub incident: IncidentId,
    pub monitor: MonitorId,
    pub monitor_name: String,
    /// The first failing check.
    pub started_at: DateTime<Utc>,
    /// When it was decided.
    pub at: DateTime<Utc>,
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl IncidentOpened {
    /// The identifier of the incident that a state change opens: the same change always opens the same incident.
    pub fn incident_id(monitor: MonitorId, sequence: u64) -> IncidentId {
        IncidentId(Uuid::new_v5(&monitor.0, &sequence.to_be_bytes()))
    }
}

/// A monitor recovered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentResolved {
    pub incident: IncidentId,
    pub monitor: MonitorId,
    pub monitor_name: String,
    pub started_at: DateTime<Utc>,
    pub resolved_at: DateTime<Utc>,
    pub reason: String,
}
