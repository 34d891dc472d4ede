//! A monitor that answers slowly.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use super::{Finding, Kind, Sight, Source, window};
use crate::id::MonitorId;
use crate::metric;
use crate::monitor::check::{broken, of_field};
use crate::probe::{Finished, Outcome, Phase};
use crate::rule::comparison::Operator;
use crate::rule::points::quantile;
use crate::rule::words;

/// A percentile of how long successful checks took, from all regions together, above a limit.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = LatencyRule))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[validate(schema(function = consistent, skip_on_field_errors = false))]
pub struct Latency {
    pub monitor: MonitorId,
    #[serde(default = "default_phase")]
    pub phase: Phase,
    /// 50, 95 or 99, or any other.
    #[serde(default = "default_percentile")]
    #[validate(range(min = 1.0, max = 100.0, message = "between 1 and 100"))]
    pub percentile: f64,
    #[serde(default = "default_window")]
    #[validate(range(min = 10, max = 86_400, message = "between 10 and 86400 (a day)"))]
    pub window_s: u32,
    #[validate(custom(function = metric::finite))]
    pub above_ms: f64,
    /// Where an open alert recovers, if that is not where it opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recover_at_ms: Option<f64>,
}

impl Kind for Latency {
    fn source(&self) -> Source<'_> {
        Source::Monitor(self.monitor)
    }

    fn reach(&self) -> TimeDelta {
        TimeDelta::seconds(self.window_s.into())
    }

    fn judge(&self, sight: Sight<'_>) -> Option<Finding> {
        let points = sight.points.within(window(self.window_s, sight.now));
        let value = quantile(points.map(|(_, took)| took), self.percentile / 100.0)?;
        let holds = Operator::Above.judge(value, self.above_ms, self.recover_at_ms, sight.firing);
        Some(Finding::of(holds, Some(value)))
    }

    fn words(&self, finding: &Finding, _: Sight<'_>) -> String {
        let percentile = words::number(self.percentile);
        let window = words::duration(self.window_s);
        let verdict = if finding.holds {
            "above"
        } else {
            "no longer above"
        };
        let limit = self.recover_at_ms.filter(|_| !finding.holds);
        let limit = words::number(limit.unwrap_or(self.above_ms));
        let took = finding.value.unwrap_or_default();
        let phase = name(self.phase);
        format!("p{percentile} of {phase} over {window} is {took:.0} ms, {verdict} {limit} ms")
    }

    fn extract(&self, result: &Finished) -> Option<f64> {
        let took = result.timings.of(self.phase);
        took.filter(|_| result.outcome == Outcome::Success)
    }
}

fn consistent(latency: &Latency) -> Result<(), ValidationError> {
    let Some(recovery) = latency.recover_at_ms else {
        return Ok(());
    };
    if recovery.is_finite() && Operator::Above.leaves_room(latency.above_ms, recovery) {
        return Ok(());
    }
    let message = "must be at most `above_ms`, or it could never recover";
    Err(of_field(broken(message), "recover_at_ms"))
}

fn name(phase: Phase) -> &'static str {
    match phase {
        Phase::DnsLookup => "the DNS lookup",
        Phase::TcpConnect => "connecting",
        Phase::TlsHandshake => "the TLS handshake",
        Phase::TimeToFirstByte => "the wait for the first byte",
        Phase::Transfer => "the transfer",
        Phase::TotalTime => "the total time",
    }
}

fn default_phase() -> Phase {
    Phase::TotalTime
}

fn default_percentile() -> f64 {
    95.0
}

fn default_window() -> u32 {
    300
}
