//! Alerts: rules whose condition holds, or held.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{AlertId, MonitorId, RuleId};
use crate::listing::Place;
use crate::metric::Labels;
use crate::rpc::request;
use crate::telemetry::TraceId;

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Info,
    #[default]
    Warning,
    Critical,
}

impl Severity {
    pub const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Critical];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// What is the same in everything that is said of one alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    pub alert: AlertId,
    pub rule: RuleId,
    pub rule_name: String,
    pub severity: Severity,
    /// The group of series it is about; empty where the rule keeps none apart.
    #[serde(default)]
    pub labels: Labels,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitor: Option<MonitorId>,
    /// Since when the condition held.
    pub started_at: DateTime<Utc>,
}

/// A rule fired.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    #[serde(flatten)]
    pub subject: Subject,
    /// When it was decided.
    pub at: DateTime<Utc>,
    pub value: Option<f64>,
    /// In words: "avg of `cpu_usage` over 5 min is 93.2, above 90".
    pub reason: String,
}

/// A rule still fires.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reminded {
    #[serde(flatten)]
    pub subject: Subject,
    /// 1 for the first reminder.
    pub number: u32,
    pub at: DateTime<Utc>,
    pub reason: String,
}

/// The condition ceased to hold, or nobody asks for it any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resolved {
    #[serde(flatten)]
    pub subject: Subject,
    pub resolved_at: DateTime<Utc>,
    pub reason: String,
    /// Whether people want to hear of it.
    pub notify: bool,
}

impl Opened {
    /// The identifier of the alert of a group that was opened at an instant: the same decision always opens the same alert.
    pub fn alert_id(rule: RuleId, labels: &Labels, at: DateTime<Utc>) -> AlertId {
        let mut name = at.timestamp_millis().to_be_bytes().to_vec();
        for (label, value) in labels {
            name.extend([label.as_bytes(), &[0], value.as_bytes(), &[0]].concat());
        }
        AlertId(Uuid::new_v5(&rule.0, &name))
    }
}

/// An alert as people read it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    pub id: AlertId,
    /// Absent once the rule was deleted.
    pub rule: Option<RuleId>,
    pub rule_name: String,
    pub severity: Severity,
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, String>))]
    pub labels: Labels,
    pub monitor: Option<MonitorId>,
    /// The value when it was opened.
    pub value: Option<f64>,
    pub reason: String,
    pub started_at: DateTime<Utc>,
    pub opened_at: DateTime<Utc>,
    pub resolved_at: Option<DateTime<Utc>>,
    pub resolved_reason: Option<String>,
    /// How often people were reminded of it.
    pub reminders: u32,
    /// How it came about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub trace: Option<TraceId>,
}

request! {
    /// Alerts of the tenant, open ones first, then the newest first.
    List { #[serde(default)] pub rule: Option<RuleId>, #[serde(default)] pub open_only: bool, pub limit: u32, #[serde(default)] pub before: Option<Place> } -> Vec<Alert>, "alert", "list";
}
