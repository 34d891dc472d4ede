//! Alert rules: what a tenant wants to be told of, described as data and judged as pure code.
//!
//! A kind of rule is a file in `condition/`. What all kinds have in common (patience, cooldown, reminders, recovery) is in
//! [`memory`]; the points a kind looks at are in [`points`]. The processor judges live data with it, the store the past.

pub mod backtest;
mod comparison;
mod condition;
pub mod memory;
pub mod points;
mod selector;
mod words;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use crate::alert::Severity;
use crate::id::{MonitorId, RuleId, TenantId};
use crate::listing::list;
use crate::metric::Labels;
use crate::monitor::check;
use crate::rpc::request;

pub use backtest::Backtested;
pub use comparison::Operator;
pub use condition::{
    AnswerClass, CertificateExpiry, Condition, FailingAnswers, Finding, Latency, MonitorState,
    NoData, Source, Threshold,
};
pub use selector::Selector;

/// Most groups of series one rule watches; later ones are passed over.
pub const MAX_GROUPS: usize = 100;
/// Longest stretch of stored data a rule is tried against, in milliseconds: samples are kept as they are for that long.
pub const MAX_BACKTEST_MS: i64 = 24 * 3_600 * 1_000;

/// A rule as its owner describes it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = RuleSpec))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[validate(schema(function = reminders))]
pub struct Spec {
    #[validate(length(min = 1, max = 80, message = "between 1 and 80 characters"))]
    pub name: String,
    #[serde(flatten)]
    #[validate(nested)]
    pub condition: Condition,
    /// How long the condition has to hold before anybody is told.
    #[serde(default)]
    #[validate(range(max = 86_400, message = "at most 86400 (a day)"))]
    pub for_s: u32,
    /// At least this long between the beginnings of two alerts of the same group.
    #[serde(default = "default_cooldown")]
    #[validate(range(max = 86_400, message = "at most 86400 (a day)"))]
    pub cooldown_s: u32,
    /// How often to tell again while it holds; never where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_every_s: Option<u32>,
    #[serde(default = "yes")]
    pub notify_recovery: bool,
    #[serde(default)]
    pub severity: Severity,
    #[serde(default)]
    pub paused: bool,
}

/// A rule as the system knows it; the value in the `rules` bucket under its id.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub id: RuleId,
    pub tenant: TenantId,
    /// Grows with every change.
    pub revision: i64,
    #[serde(flatten)]
    pub spec: Spec,
}

/// What a rule would have looked at: one series of a metric, or one region of a monitor.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Past {
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, String>))]
    pub labels: Labels,
    /// (Unix milliseconds, value), oldest first.
    pub points: Vec<(i64, f64)>,
}

/// Some of what a condition looks at: as much as one message holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    pub past: Vec<Past>,
    /// How many series to skip next time; absent when this was all.
    pub next: Option<u32>,
}

request! {
    /// Creates a rule. It is judged within two seconds.
    Create { pub spec: Spec } -> Rule, "rule", "create";
    /// Replaces a rule's description. Alerts that are open stay open while the new condition holds. `conflict` when it changed since
    /// `revision`, if that is named.
    Update { pub id: RuleId, pub spec: Spec, #[serde(default)] pub revision: Option<i64> } -> Rule, "rule", "update";
    /// Deletes a rule; its open alerts are resolved.
    Delete { pub id: RuleId } -> (), "rule", "delete";
    Read { pub id: RuleId } -> Rule, "rule", "read";
    /// Tries a description against stored data: when would it have fired? At most [`MAX_BACKTEST_MS`], which end at `to_ms`.
    Backtest { pub spec: Spec, pub from_ms: i64, pub to_ms: i64 } -> Backtested, "rule", "backtest";
    /// What a condition looks at in a range of time, `from` inclusive, `to` exclusive. For services.
    ReadPast { pub condition: Condition, pub from_ms: i64, pub to_ms: i64, #[serde(default)] pub skip: u32 } -> Page, "rule", "read-past";
}

list! {
    /// Rules of the tenant, in the order of their names.
    Rule, "rule", String, |rule| rule.spec.name.clone();
}

impl Rule {
    /// The monitor a rule is about; rules on metrics have none.
    pub fn monitor(&self) -> Option<MonitorId> {
        self.spec.condition.monitor()
    }
}

/// An open alert of a rule, with the group of series it is about.
pub fn describe(rule: &str, labels: &Labels) -> String {
    if labels.is_empty() {
        return rule.to_owned();
    }
    let pairs: Vec<String> = labels
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{rule} ({})", pairs.join(", "))
}

fn reminders(spec: &Spec) -> Result<(), ValidationError> {
    match spec.remind_every_s {
        Some(0..60 | 604_801..) => Err(check::of_field(
            check::broken("between 60 and 604800 (a week), or absent"),
            "remind_every_s",
        )),
        _ => Ok(()),
    }
}

fn default_cooldown() -> u32 {
    300
}

fn yes() -> bool {
    true
}

/// The instant of Unix milliseconds.
fn instant(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

#[cfg(test)]
mod tests;
