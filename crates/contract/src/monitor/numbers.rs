//! What a monitor did lately, in numbers.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::Region;
use crate::probe::Phase;
use crate::query::Resolution;

/// A monitor's numbers. Windows are `24h`, `7d`, `30d`, `90d` and `365d`; all but the first are UTC days, today included.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MonitorSummary))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub success_24h: u64,
    pub failure_24h: u64,
    /// By window, the part of the known time it was up; null when nobody looked.
    pub uptime: BTreeMap<String, Option<f64>>,
    /// By window, the part of its checks that succeeded; null when nobody looked.
    pub uptime_requests: BTreeMap<String, Option<f64>>,
    /// The part of the last 24 h outside maintenance in which somebody looked.
    pub coverage: Option<f64>,
    /// By window, the part outside maintenance in which somebody looked; null where nobody was to look.
    #[serde(default)]
    pub coverage_by_window: BTreeMap<String, Option<f64>>,
    /// Total time of successes of the last 24 h: `p50`, `p95`, `p99`; empty without any.
    pub percentiles_ms: BTreeMap<String, f64>,
    /// The same by region and phase.
    pub phases_ms: BTreeMap<Region, BTreeMap<Phase, Quantiles>>,
    /// Its incidents of the last 365 days, the newest first, at most 100.
    pub incidents: Vec<Interval>,
}

/// Quantiles of times in milliseconds, each off by 1 % at most.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
}

/// From when till when; still going on without an end.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    pub started_at: DateTime<Utc>,
    pub resolved_at: Option<DateTime<Utc>>,
}

/// How long checks took over time.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResponseTimes {
    pub resolution: Resolution,
    /// The length of a step.
    #[serde(default)]
    pub step_ms: i64,
    pub series: Vec<PhaseTimes>,
    /// How the same checks ended.
    #[serde(default)]
    pub outcomes: Vec<Outcomes>,
}

/// How checks ended, seen from one region.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes {
    pub region: Region,
    /// (Unix milliseconds of the step's begin, successes, failures, missed ones), oldest first.
    pub points: Vec<(i64, u64, u64, u64)>,
}

/// One phase, seen from one region.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhaseTimes {
    pub region: Region,
    pub phase: Phase,
    /// (Unix milliseconds of the step's begin, quantiles of its successes), oldest first.
    pub points: Vec<(i64, Quantiles)>,
}
