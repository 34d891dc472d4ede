//! Monitors: what users watch, how often, from where, and what state it is in.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use crate::condition;
use crate::id::{MonitorId, Region, TenantId};
use crate::probe::Finished;
use crate::rpc::request;

/// Intervals that divide a minute, an hour or a day, in seconds: those a cron schedule can express.
pub const INTERVALS_S: [u32; 21] = [
    1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 10_800,
    21_600, 43_200, 86_400,
];

/// How a monitor does. The order is from best to worst for a page's roll-up: the worst wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Paused,
    Up,
    Maintenance,
    /// No region has a fresh result: nobody looked.
    Unknown,
    Degraded,
    Down,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::Up => "up",
            Self::Maintenance => "maintenance",
            Self::Unknown => "unknown",
            Self::Degraded => "degraded",
            Self::Down => "down",
        }
    }

    /// The word a visitor reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Paused => "Paused",
            Self::Up => "Operational",
            Self::Maintenance => "Maintenance",
            Self::Unknown => "Unknown",
            Self::Degraded => "Degraded",
            Self::Down => "Down",
        }
    }
}

impl std::str::FromStr for State {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        [
            Self::Paused,
            Self::Up,
            Self::Maintenance,
            Self::Unknown,
            Self::Degraded,
            Self::Down,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or(UnknownState)
    }
}

/// The text names no state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a monitor state")]
pub struct UnknownState;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Http,
}

/// What is sent, and what must come back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
pub struct Check {
    #[serde(default)]
    pub kind: Kind,
    /// For `http`: an absolute `http` or `https` URL.
    #[validate(custom(function = target))]
    pub target: String,
    #[serde(default = "default_method")]
    #[validate(custom(function = method))]
    pub method: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[validate(length(max = 32, message = "at most 32 headers"))]
    pub headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(max = 65_536, message = "at most 64 KiB"))]
    pub body: Option<String>,
    #[serde(default = "default_true")]
    pub follow_redirects: bool,
    /// How often each region looks; one of [`INTERVALS_S`].
    #[serde(default = "default_interval")]
    #[validate(custom(function = interval))]
    pub interval_s: u32,
    /// The whole check ends within this time.
    #[serde(default = "default_timeout")]
    #[validate(range(min = 100, max = 60_000, message = "between 100 and 60 000 ms"))]
    pub timeout_ms: u32,
    /// In Gatus' notation; empty means `[STATUS] < 400`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(
        length(max = 16, message = "at most 16 conditions"),
        custom(function = condition::validate)
    )]
    pub conditions: Vec<String>,
    /// A success slower than this counts as degraded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub degraded_ms: Option<u32>,
    /// Sends `traceparent` to the target, so that its own trace joins ours.
    #[serde(default)]
    pub propagate_trace: bool,
}

/// A monitor as its owner describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
pub struct Spec {
    #[validate(length(min = 1, max = 80, message = "between 1 and 80 characters"))]
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(max = 80, message = "at most 80 characters"))]
    pub group: Option<String>,
    #[serde(flatten)]
    #[validate(nested)]
    pub check: Check,
    /// Where it is looked at from.
    #[validate(length(min = 1, max = 32, message = "between 1 and 32 regions"))]
    pub regions: Vec<Region>,
    /// Failures in a row before it is down.
    #[serde(default = "default_failures")]
    #[validate(range(min = 1, max = 20, message = "between 1 and 20"))]
    pub failure_threshold: u32,
    /// Successes in a row before it is up again.
    #[serde(default = "default_successes")]
    #[validate(range(min = 1, max = 20, message = "between 1 and 20"))]
    pub success_threshold: u32,
    /// Shown on the tenant's public status page.
    #[serde(default)]
    pub public: bool,
    #[serde(default)]
    pub paused: bool,
}

/// A monitor as the system knows it; the value in the `monitors` bucket under its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Monitor {
    pub id: MonitorId,
    pub tenant: TenantId,
    /// Grows with every change.
    pub revision: i64,
    #[serde(flatten)]
    pub spec: Spec,
}

/// A region's last word on a monitor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vote {
    pub region: Region,
    pub tick_at: DateTime<Utc>,
    pub ok: bool,
    /// Slower than the degraded threshold.
    #[serde(default)]
    pub slow: bool,
    /// Consecutive results like this one.
    pub count: u32,
    pub total_time_ms: Option<f64>,
    pub message: Option<String>,
}

/// A monitor's present state, with its reason in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    pub state: State,
    pub since: DateTime<Utc>,
    /// "2 of 3 regions failed twice: connection refused".
    pub reason: String,
    /// A failing minority, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advisory: Option<String>,
    #[serde(default)]
    pub votes: Vec<Vote>,
}

/// Seconds of a period, by what is known of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uptime {
    pub up_s: i64,
    pub down_s: i64,
    pub unknown_s: i64,
    pub maintenance_s: i64,
}

impl Uptime {
    /// `up / (up + down)`, or `None` when nobody looked.
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds of a year are far below 2^52"
    )]
    pub fn ratio(self) -> Option<f64> {
        let known = self.up_s + self.down_s;
        (known > 0).then(|| self.up_s as f64 / known as f64)
    }

    /// The part of the period outside maintenance in which somebody looked.
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds of a year are far below 2^52"
    )]
    pub fn coverage(self) -> Option<f64> {
        let expected = self.up_s + self.down_s + self.unknown_s;
        (expected > 0).then(|| (self.up_s + self.down_s) as f64 / expected as f64)
    }

    /// "99.98 %": floored and never rounded up, so 99.9996 never reads as 100; "n/a" when nobody looked.
    pub fn percent(self) -> String {
        let Some(known) = Some(self.up_s + self.down_s).filter(|known| *known > 0) else {
            return "n/a".to_owned();
        };
        let hundredths = i128::from(self.up_s) * 10_000 / i128::from(known);
        match (hundredths / 100, hundredths % 100) {
            (100, _) => "100 %".to_owned(),
            (whole, part) => format!("{whole}.{part:02} %"),
        }
    }
}

impl std::ops::Add for Uptime {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            up_s: self.up_s + other.up_s,
            down_s: self.down_s + other.down_s,
            unknown_s: self.unknown_s + other.unknown_s,
            maintenance_s: self.maintenance_s + other.maintenance_s,
        }
    }
}

impl std::iter::Sum for Uptime {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), std::ops::Add::add)
    }
}

/// One UTC day of a monitor, for the bars of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    pub date: NaiveDate,
    #[serde(flatten)]
    pub uptime: Uptime,
}

/// A monitor with what a list shows of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    #[serde(flatten)]
    pub monitor: Monitor,
    pub status: Status,
    pub uptime_24h: Uptime,
    pub uptime_30d: Uptime,
    /// Total time of recent checks, oldest first: (Unix milliseconds, milliseconds).
    pub recent: Vec<(i64, f64)>,
    pub certificate_expires_at: Option<DateTime<Utc>>,
    /// Its history was generated for a demonstration.
    pub demo: bool,
}

/// What a monitor did lately, in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub success_24h: i64,
    pub failure_24h: i64,
    /// Ratio by window: `24h`, `7d`, `30d`, `90d`, `365d`; null when nobody looked.
    pub uptime: BTreeMap<String, Option<f64>>,
    pub coverage: Option<f64>,
    /// Total time of the last 24 h: `p50`, `p95`, `p99`.
    pub percentiles_ms: BTreeMap<String, f64>,
}

request! {
    /// Creates a monitor. It is looked at within two seconds and an interval.
    Create { pub spec: Spec } -> Monitor, "monitor", "create";
    /// Replaces a monitor's description.
    Update { pub id: MonitorId, pub spec: Spec } -> Monitor, "monitor", "update";
    /// Deletes a monitor and all that is known of it.
    Delete { pub id: MonitorId } -> (), "monitor", "delete";
    /// One monitor with its state.
    Read { pub id: MonitorId } -> Overview, "monitor", "read";
    /// All monitors of the tenant, in the order of group and name.
    List {} -> Vec<Overview>, "monitor", "list";
    /// The latest results of a monitor, newest first.
    Results { pub id: MonitorId, pub region: Option<Region>, pub before: Option<DateTime<Utc>>, pub limit: u32 } -> Vec<Finished>, "monitor", "results";
    /// A monitor's numbers.
    Summarize { pub id: MonitorId } -> Summary, "monitor", "summarize";
}

fn default_method() -> String {
    "GET".to_owned()
}

fn default_true() -> bool {
    true
}

fn default_interval() -> u32 {
    60
}

fn default_timeout() -> u32 {
    10_000
}

fn default_failures() -> u32 {
    2
}

fn default_successes() -> u32 {
    1
}

fn target(target: &str) -> Result<(), ValidationError> {
    let rest = target
        .strip_prefix("https://")
        .or_else(|| target.strip_prefix("http://"));
    match rest {
        _ if target.len() > 2_048 => Err(broken("at most 2 048 characters")),
        Some(rest)
            if !rest.is_empty()
                && !rest.starts_with('/')
                && !target.contains(|c: char| c.is_whitespace() || c.is_control()) =>
        {
            Ok(())
        }
        _ => Err(broken(
            "must be an absolute http or https URL, such as https://example.com/health",
        )),
    }
}

fn method(method: &str) -> Result<(), ValidationError> {
    match method {
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" => Ok(()),
        _ => Err(broken(
            "must be GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS",
        )),
    }
}

fn interval(seconds: u32) -> Result<(), ValidationError> {
    if INTERVALS_S.contains(&seconds) {
        Ok(())
    } else {
        Err(broken(
            "must divide a minute, an hour or a day: 1, 2, 5, 10, 15, 20, 30 s; 1, 2, 3, 5, 10, 15, 20, 30 min; 1, 2, 3, 6, 12, 24 h",
        ))
    }
}

fn broken(message: impl Into<Cow<'static, str>>) -> ValidationError {
    ValidationError::new("rule").with_message(message.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uptime_is_floored_and_null_when_nobody_looked() {
        let second_down = Uptime {
            up_s: 999_999,
            down_s: 1,
            ..Uptime::default()
        };
        assert_eq!(second_down.percent(), "99.99 %");
        assert_eq!(
            Uptime {
                up_s: 5,
                ..Uptime::default()
            }
            .percent(),
            "100 %"
        );
        assert_eq!(
            Uptime {
                unknown_s: 5,
                ..Uptime::default()
            }
            .percent(),
            "n/a"
        );
        assert_eq!(
            Uptime {
                unknown_s: 5,
                ..Uptime::default()
            }
            .ratio(),
            None
        );
        assert_eq!(
            Uptime {
                unknown_s: 5,
                ..Uptime::default()
            }
            .coverage(),
            Some(0.0)
        );
    }

    #[test]
    fn a_spec_names_the_field_that_is_wrong() {
        let spec: Spec = serde_json::from_str(
            r#"{"name":"","target":"ftp://x","interval_s":7,"regions":["a"]}"#,
        )
        .expect("readable");
        let text = spec.validate().expect_err("wrong").to_string();
        for part in ["name", "target", "interval_s"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
