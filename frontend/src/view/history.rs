//! A monitor's recent checks, region by region.

use std::collections::BTreeMap;

use contract::id::Region;
use contract::monitor::State;
use contract::probe::{Finished, Outcome};

use crate::view::figure::milliseconds;
use crate::view::state::{capitalised, outcome_state};
use crate::view::time::{Precision, instant};

/// One check in a region's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    pub state: State,
    /// "14:10:05 UTC: 48 ms, HTTP 200"
    pub label: String,
}

/// Rows of checks, oldest first in each; results come newest first.
pub fn rows(results: &[Finished]) -> BTreeMap<Region, Vec<Tick>> {
    let mut rows = BTreeMap::<Region, Vec<Tick>>::new();
    for result in results.iter().rev() {
        rows.entry(result.region.clone()).or_default().push(Tick {
            state: outcome_state(result.outcome),
            label: format!(
                "{}: {}",
                instant(result.tick_at, 0, Precision::Second),
                words(result)
            ),
        });
    }
    rows
}

/// Total times by region, oldest first: what the chart draws.
pub fn latencies(results: &[Finished]) -> BTreeMap<Region, Vec<(i64, f64)>> {
    let mut lines = BTreeMap::<Region, Vec<(i64, f64)>>::new();
    for result in results.iter().rev() {
        if let Some(total) = result.timings.total_time_ms
            && result.outcome == Outcome::Success
        {
            lines
                .entry(result.region.clone())
                .or_default()
                .push((result.tick_at.timestamp_millis(), total));
        }
    }
    lines
}

/// "48 ms, HTTP 200", or what went wrong.
pub fn words(result: &Finished) -> String {
    match (&result.message, result.outcome) {
        (Some(message), Outcome::Failure | Outcome::Missed | Outcome::Logged) => {
            capitalised(message)
        }
        (_, Outcome::Started) => "Started".to_owned(),
        (None, Outcome::Logged) => "Logged nothing".to_owned(),
        (None, Outcome::Missed) => "Nobody could look".to_owned(),
        (None, Outcome::Failure) => result.reason.map_or("Failed".to_owned(), |reason| {
            reason.as_str().replace('_', " ")
        }),
        (_, Outcome::Success) => {
            let total = result.timings.total_time_ms.map(milliseconds);
            let code = result.status_code.map(|code| format!("HTTP {code}"));
            let parts: Vec<String> = total.into_iter().chain(code).collect();
            parts.join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(region: &str, tick: &str, outcome: &str, rest: &str) -> Finished {
        serde_json::from_str(&format!(
            r#"{{"monitor":"00000000-0000-0000-0000-000000000000","tenant":"00000000-0000-0000-0000-000000000000",
            "region":"{region}","tick_at":"{tick}","started_at":"{tick}","prober":"p","outcome":"{outcome}"{rest}}}"#
        ))
        .expect("a result")
    }

    #[test]
    fn each_region_has_a_row_with_the_newest_last() {
        let rows = rows(&[
            result(
                "b",
                "2026-11-20T12:00:10Z",
                "failure",
                r#","message":"connection refused""#,
            ),
            result("a", "2026-11-20T12:00:05Z", "missed", ""),
            result(
                "b",
                "2026-11-20T12:00:00Z",
                "success",
                r#","status_code":200,"total_time_ms":48"#,
            ),
        ]);
        let region = "b".parse().expect("a region");
        let labels: Vec<_> = rows[&region]
            .iter()
            .map(|tick| tick.label.as_str())
            .collect();
        assert_eq!(
            labels,
            [
                "20 Nov 2026, 12:00:00 UTC: 48 ms, HTTP 200",
                "20 Nov 2026, 12:00:10 UTC: Connection refused"
            ]
        );
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn only_successes_have_a_latency() {
        let lines = latencies(&[
            result(
                "a",
                "2026-11-20T12:00:10Z",
                "failure",
                r#","total_time_ms":5000"#,
            ),
            result(
                "a",
                "2026-11-20T12:00:00Z",
                "success",
                r#","total_time_ms":48"#,
            ),
        ]);
        assert_eq!(lines.values().next().map(Vec::len), Some(1));
    }
}
