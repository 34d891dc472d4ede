//! A metric beyond a limit.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use super::{Finding, Kind, Sight, Source, window};
use crate::metric;
use crate::monitor::check::{broken, of_field};
use crate::query::Aggregate;
use crate::rule::comparison::Operator;
use crate::rule::selector::Selector;
use crate::rule::words;

/// The aggregate of all points within a window, compared with a limit.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ThresholdRule))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[validate(schema(function = consistent, skip_on_field_errors = false))]
pub struct Threshold {
    #[serde(flatten)]
    #[validate(nested)]
    pub selector: Selector,
    #[serde(default)]
    pub aggregate: Aggregate,
    #[serde(default = "default_window")]
    #[validate(range(min = 1, max = 86_400, message = "between 1 and 86400 (a day)"))]
    pub window_s: u32,
    pub operator: Operator,
    #[validate(custom(function = metric::finite))]
    pub value: f64,
    /// Where an open alert recovers, if that is not where it opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recover_at: Option<f64>,
}

impl Kind for Threshold {
    fn source(&self) -> Source<'_> {
        Source::Metric(&self.selector)
    }

    fn reach(&self) -> TimeDelta {
        TimeDelta::seconds(self.window_s.into())
    }

    fn judge(&self, sight: Sight<'_>) -> Option<Finding> {
        let stretch = window(self.window_s, sight.now);
        let value = sight.points.aggregate(self.aggregate, stretch)?;
        let holds = self
            .operator
            .judge(value, self.value, self.recover_at, sight.firing);
        Some(Finding::of(holds, Some(value)))
    }

    fn words(&self, finding: &Finding, _: Sight<'_>) -> String {
        let what = format!(
            "{} of {} over {}",
            name(self.aggregate),
            self.selector.metric,
            words::duration(self.window_s)
        );
        let value = words::number(finding.value.unwrap_or_default());
        let limit = words::number(self.value);
        let is = self.operator.words();
        match (finding.holds, self.recover_at) {
            (true, _) => format!("{what} is {value}, {is} {limit}"),
            (false, Some(recovery)) => {
                let recovery = words::number(recovery);
                format!("{what} is {value}, no longer {is} {recovery}")
            }
            (false, None) => format!("{what} is {value}, no longer {is} {limit}"),
        }
    }
}

fn consistent(threshold: &Threshold) -> Result<(), ValidationError> {
    if threshold.aggregate == Aggregate::None {
        let message =
            "choose how points become one: avg, min, max, sum, count, rate, p50, p95 or p99";
        return Err(of_field(broken(message), "aggregate"));
    }
    let Some(recovery) = threshold.recover_at else {
        return Ok(());
    };
    metric::finite(recovery).map_err(|error| of_field(error, "recover_at"))?;
    if threshold.operator.leaves_room(threshold.value, recovery) {
        return Ok(());
    }
    let message = "must lie on the good side of `value`, or it could never recover";
    Err(of_field(broken(message), "recover_at"))
}

fn name(aggregate: Aggregate) -> &'static str {
    match aggregate {
        Aggregate::None | Aggregate::Avg => "avg",
        Aggregate::Min => "min",
        Aggregate::Max => "max",
        Aggregate::Sum => "sum",
        Aggregate::Count => "count",
        Aggregate::Rate => "rate per second",
        Aggregate::P50 => "p50",
        Aggregate::P95 => "p95",
        Aggregate::P99 => "p99",
    }
}

fn default_window() -> u32 {
    60
}
