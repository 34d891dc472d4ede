//! Monitors: what users watch, how often, from where, and what state it is in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use validator::{Validate, ValidationError};

use crate::id::{MonitorId, Region, TenantId};
use crate::listing::list;
use crate::probe::{Finished, Phase};
use crate::region::place_of;
use crate::rpc::request;

pub mod check;
mod numbers;
mod state;

pub use check::{Check, DEFAULT_GRACE_S, INTERVALS_S, Kind};
pub use numbers::{Interval, Outcomes, PhaseTimes, Quantiles, ResponseTimes, Summary};
pub use state::{Day, State, UnknownDay, UnknownState, Uptime};

/// A monitor as its owner describes it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MonitorSpec))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[validate(schema(function = regions, skip_on_field_errors = false))]
pub struct Spec {
    #[validate(length(min = 1, max = 80, message = "between 1 and 80 characters"))]
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(max = 80, message = "at most 80 characters"))]
    pub group: Option<String>,
    #[serde(flatten)]
    #[validate(nested)]
    pub check: Check,
    /// Where it is looked at from. A heartbeat has none but [`Region::heartbeat`], which is set when it is saved.
    #[serde(default)]
    pub regions: Vec<Region>,
    /// Failures in a row before it is down. A heartbeat is patient by its grace; it is down after one.
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Monitor {
    pub id: MonitorId,
    pub tenant: TenantId,
    /// Grows with every change.
    pub revision: i64,
    /// The secret in a heartbeat's ping URL, made by the store; only for its tenant and the services that need it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ping_key: Option<Uuid>,
    /// Since when it is looked at in its present rhythm: created, resumed, or given another interval.
    #[serde(default)]
    pub scheduled_at: DateTime<Utc>,
    #[serde(flatten)]
    pub spec: Spec,
}

impl Monitor {
    /// As those see it who may look but not touch: without what may be secret.
    #[must_use]
    pub fn concealed(mut self) -> Self {
        self.ping_key = None;
        self.spec.check.kind.conceal();
        self
    }
}

/// A region's last word on a monitor.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MonitorStatus))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    pub state: State,
    pub since: DateTime<Utc>,
    /// "2 of 3 regions failed twice": fit for everybody.
    pub reason: String,
    /// What they found, such as "connection refused by 10.0.0.7:5432": for members alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// A failing minority, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advisory: Option<String>,
    #[serde(default)]
    pub votes: Vec<Vote>,
}

impl Status {
    /// Without what was found in detail and what the regions say.
    pub fn plain(state: State, since: DateTime<Utc>, reason: impl Into<String>) -> Self {
        Self {
            state,
            since,
            reason: reason.into(),
            detail: None,
            advisory: None,
            votes: Vec::new(),
        }
    }

    /// "2 of 3 regions failed twice: connection refused"; the reason alone where no detail is known.
    pub fn why(&self) -> String {
        why(&self.reason, self.detail.as_deref())
    }
}

/// A reason with what was found in detail.
pub fn why(reason: &str, detail: Option<&str>) -> String {
    match detail {
        Some(detail) => format!("{reason}: {detail}"),
        None => reason.to_owned(),
    }
}

/// "failing from Frankfurt (1 of 3 regions)": a minority in words, by its cities where they are known.
pub fn advisory(what: &str, regions: &[&Region], fresh: usize) -> String {
    let city = |region: &Region| {
        place_of(region).map_or(region.to_string(), |place| place.city.to_owned())
    };
    let names = match regions {
        [only] => city(only),
        [first, second] => format!("{} and {}", city(first), city(second)),
        [first, second, rest @ ..] => {
            format!("{}, {} and {} more", city(first), city(second), rest.len())
        }
        [] => String::new(),
    };
    format!("{what} from {names} ({})", share(regions.len(), fresh))
}

/// "2 of 3 regions".
pub fn share(part: usize, whole: usize) -> String {
    let noun = if whole == 1 { "region" } else { "regions" };
    format!("{part} of {whole} {noun}")
}

/// A monitor with what a list shows of it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MonitorOverview))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    #[serde(flatten)]
    pub monitor: Monitor,
    pub status: Status,
    pub uptime_24h: Uptime,
    pub uptime_30d: Uptime,
    /// Total time of recent successes, oldest first: (Unix milliseconds, milliseconds).
    pub recent: Vec<(i64, f64)>,
    pub certificate_expires_at: Option<DateTime<Utc>>,
    /// Its history was generated for a demonstration.
    pub demo: bool,
}

/// Where a list of results goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Before {
    /// With the ticks before this one.
    Tick(DateTime<Utc>),
    /// Behind one result: those of other regions may have the same tick.
    Result {
        tick_at: DateTime<Utc>,
        region: Region,
    },
}

/// A monitor's place among those of its tenant, which are in the order of group and name; those without a group come first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub group: Option<String>,
    pub name: String,
    pub id: MonitorId,
}

request! {
    /// Creates a monitor. It is looked at within two seconds and an interval.
    Create { pub spec: Spec } -> Monitor, "monitor", "create";
    /// Replaces a monitor's description. `conflict` when it changed since `revision`, if that is named.
    Update { pub id: MonitorId, pub spec: Spec, #[serde(default)] pub revision: Option<i64> } -> Monitor, "monitor", "update";
    /// Deletes a monitor and all that is known of it.
    Delete { pub id: MonitorId } -> (), "monitor", "delete";
    /// One monitor with its state.
    Read { pub id: MonitorId } -> Overview, "monitor", "read";
    /// The latest results of a monitor, newest first.
    Results { pub id: MonitorId, pub region: Option<Region>, pub before: Option<Before>, pub limit: u32 } -> Vec<Finished>, "monitor", "results";
    /// A monitor's numbers.
    Summarize { pub id: MonitorId } -> Summary, "monitor", "summarize";
    /// How long checks took and how they ended, in steps of a minute or longer. All regions, and all phases, unless one is named.
    ReadTimings {
        pub id: MonitorId,
        pub from_ms: i64,
        pub to_ms: i64,
        pub region: Option<Region>,
        pub phase: Option<Phase>,
        pub max_points: Option<u32>,
    } -> ResponseTimes, "monitor", "read-timings";
}

list! {
    /// Monitors of the tenant, in the order of group and name.
    Overview, "monitor", Place, |overview| overview.monitor.place();
}

impl Monitor {
    pub fn place(&self) -> Place {
        Place {
            group: self.spec.group.clone(),
            name: self.spec.name.clone(),
            id: self.id,
        }
    }
}

impl Spec {
    pub fn is_heartbeat(&self) -> bool {
        self.check.is_heartbeat()
    }

    /// The one form in which a valid description is kept.
    #[must_use]
    pub fn normalized(mut self) -> Self {
        self.group = self.group.filter(|group| !group.trim().is_empty());
        if self.is_heartbeat() {
            self.regions = vec![Region::heartbeat()];
            self.failure_threshold = 1;
            self.success_threshold = 1;
        }
        self.regions.sort();
        self.regions.dedup();
        self
    }
}

fn regions(spec: &Spec) -> Result<(), ValidationError> {
    let judged = match (spec.is_heartbeat(), spec.regions.len()) {
        (true, _) => return Ok(()),
        (false, 1..=32) if spec.regions.iter().any(Region::is_heartbeat) => {
            Err("the region `heartbeat` is for monitors of the kind `heartbeat`")
        }
        (false, 1..=32) => Ok(()),
        (false, _) => Err("between 1 and 32 regions"),
    };
    judged.map_err(|rule| check::of_field(check::broken(rule), "regions"))
}

fn default_failures() -> u32 {
    2
}

fn default_successes() -> u32 {
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spec_names_the_field_that_is_wrong() {
        let spec: Spec = serde_json::from_str(
            r#"{"name":"","target":"ftp://x","interval_s":7,"regions":["a"]}"#,
        )
        .expect("readable");
        let text = spec.validate().expect_err("wrong").to_string();
        for part in ["name", "http or https URL", "interval_s"] {
            assert!(text.contains(part), "{text}");
        }
    }

    fn spec(text: &str) -> Spec {
        serde_json::from_str(text).expect("readable")
    }

    #[test]
    fn a_heartbeat_needs_neither_target_nor_regions() {
        let spec =
            spec(r#"{"name":"Backup","kind":"heartbeat","interval_s":86400,"grace_s":3600}"#);
        spec.validate().expect("valid");
        let spec = spec.normalized();
        assert_eq!(spec.regions, [Region::heartbeat()]);
        assert_eq!((spec.failure_threshold, spec.check.grace_s()), (1, 3_600));
    }

    #[test]
    fn what_belongs_to_the_other_kind_is_refused() {
        for (text, rule) in [
            (
                r#"{"name":"a","kind":"heartbeat","target":"https://a.b"}"#,
                "must be empty",
            ),
            (r#"{"name":"a","kind":"heartbeat","grace_s":0}"#, "7 days"),
            (
                r#"{"name":"a","target":"https://a.b","regions":["heartbeat"]}"#,
                "for monitors of the kind",
            ),
            (r#"{"name":"a","target":"https://a.b"}"#, "between 1 and 32"),
        ] {
            let error = spec(text).validate().expect_err(text).to_string();
            assert!(error.contains(rule), "{text}: {error}");
        }
    }
}
