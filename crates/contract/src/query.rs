//! Questions about stored samples.

use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::metric::{Kind, Labels};
use crate::rpc::request;

mod matcher;

pub use matcher::{Matcher, Operator, Unreadable};

/// Most points one series of an answer has.
pub const MAX_POINTS: u32 = 2_000;
/// Longest range, in milliseconds: 365 days. Longer ones are clamped.
pub const MAX_RANGE_MS: i64 = 365 * 24 * 3_600 * 1_000;

/// Oldest value that still counts as the latest one, in milliseconds before the instant asked about.
pub const LOOK_BACK_MS: i64 = 5 * 60 * 1_000;

/// How the points of a step, and of the series of a group, become one.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// The stored points as they are.
    None,
    #[default]
    Avg,
    Min,
    Max,
    Sum,
    Count,
    /// Growth per second of a counter, across its restarts.
    Rate,
    P50,
    P95,
    P99,
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Resolution {
    #[serde(rename = "raw")]
    Raw,
    #[serde(rename = "1m")]
    Minute,
    #[serde(rename = "1h")]
    Hour,
}

/// A range of one metric's series. Times are Unix milliseconds, `from` inclusive, `to` exclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Range {
    #[validate(custom(function = crate::metric::metric_name))]
    pub metric: String,
    /// What a series must meet, all of it.
    #[serde(default)]
    #[validate(length(max = 16, message = "at most 16 matchers"), nested)]
    pub matchers: Vec<Matcher>,
    #[serde(default)]
    pub aggregate: Aggregate,
    /// Labels to keep apart; series alike in them become one, unless the aggregate is `none`.
    #[serde(default)]
    #[validate(length(max = 8, message = "at most 8 labels"))]
    pub group_by: Vec<String>,
    pub from_ms: i64,
    pub to_ms: i64,
    /// Length of a step; chosen from `max_points` where absent.
    #[serde(default)]
    pub step_ms: Option<i64>,
    #[serde(default)]
    pub max_points: Option<u32>,
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = QueryAnswer))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub resolution: Resolution,
    pub series: Vec<Series>,
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    pub metric: String,
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, String>))]
    pub labels: Labels,
    /// (Unix milliseconds, value), oldest first.
    pub points: Vec<(i64, f64)>,
}

/// One metric of a tenant.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    pub name: String,
    pub kind: Kind,
    pub unit: Option<String>,
    pub series_count: i64,
    /// Label names any of its series has.
    pub labels: Vec<String>,
    /// Unix milliseconds of the newest sample.
    pub last_seen_ms: i64,
}

request! {
    /// The points of a range.
    Query { pub range: Range } -> Answer, "metric", "query";
    /// The newest point of each series at or before an instant, at most [`LOOK_BACK_MS`] older; now where none is given.
    Latest { pub metric: String, #[serde(default)] pub matchers: Vec<Matcher>, pub at_ms: Option<i64> } -> Vec<Series>, "metric", "latest";
    /// The tenant's metrics whose names begin like this, in the order of their names behind `after`, at most 1 000.
    #[derive(Default)]
    List {
        #[serde(default)] pub prefix: String, #[serde(default)] pub after: Option<String>, pub limit: Option<u32>,
    } -> Vec<Metric>, "metric", "list";
    /// The values a label of a metric has that begin like this, in their order behind `after`, at most 1 000.
    LabelValues {
        pub metric: String, pub label: String, #[serde(default)] pub prefix: String, #[serde(default)] pub after: Option<String>,
        pub limit: Option<u32>,
    } -> Vec<String>, "metric", "label-values";
}
