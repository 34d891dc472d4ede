//! The response times a page shows: each whole hour from its roll-up, and the running one from the latest checks, which are
//! at hand anyway.

use contract::probe::{Outcome, Phase};

use super::results::Tallies;
use super::rollup::{HOUR_MS, begin_of};
use super::sketch::Sketch;
use super::votes::Look;

/// (Unix milliseconds of the hour's begin, p50 ms, p95 ms) of the total time of successes, oldest first.
pub(crate) fn response_times(hours: &Tallies, latest: &[Look]) -> Vec<(i64, f64, f64)> {
    let whole = hours.iter().filter_map(|(begin_ms, tally)| {
        let quantiles = tally.quantiles_ms(Phase::TotalTime)?;
        Some((*begin_ms, quantiles.p50, quantiles.p95))
    });
    let mut times: Vec<_> = whole.collect();
    let end_ms = hours
        .last_key_value()
        .map_or(i64::MIN, |(begin_ms, _)| begin_ms + HOUR_MS);
    times.extend(running(latest, end_ms));
    times
}

fn running(latest: &[Look], since_ms: i64) -> Option<(i64, f64, f64)> {
    let fresh = latest.iter().filter(|look| {
        look.outcome == Outcome::Success && look.tick_at.timestamp_millis() >= since_ms
    });
    let newest = fresh
        .clone()
        .map(|look| look.tick_at.timestamp_millis())
        .max()?;
    let sketch = Sketch::of(fresh.filter_map(|look| look.total_time_ms));
    Some((
        begin_of(newest, HOUR_MS),
        sketch.quantile(0.5)?,
        sketch.quantile(0.95)?,
    ))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use contract::probe::Timings;

    use super::*;
    use crate::rules::results::{Check, tallies};

    #[test]
    fn the_running_hour_is_told_from_the_latest_checks() {
        let check = Check {
            at_ms: 5 * HOUR_MS,
            outcome: Outcome::Success,
            timings: Timings {
                total_time_ms: Some(100.0),
                ..Timings::default()
            },
        };
        let look = |at_ms, outcome| Look {
            region: "eu-central".parse().expect("a region"),
            tick_at: DateTime::from_timestamp_millis(at_ms).expect("an instant"),
            outcome,
            total_time_ms: Some(10.0),
            message: None,
        };
        let latest = [
            look(6 * HOUR_MS + 7, Outcome::Failure),
            look(6 * HOUR_MS + 5, Outcome::Success),
            look(5 * HOUR_MS, Outcome::Success),
        ];
        let hours = tallies(&[check], HOUR_MS);
        let told = |hours, latest| -> Vec<_> {
            let times = response_times(hours, latest).into_iter();
            times
                .map(|(at_ms, p50, _)| (at_ms / HOUR_MS, p50.round()))
                .collect()
        };
        assert_eq!(told(&hours, &latest), [(5, 100.0), (6, 10.0)]);
        assert_eq!(told(&hours, &latest[2..]), [(5, 100.0)]);
        assert_eq!(told(&Tallies::new(), &latest), [(6, 10.0)]);
    }
}
