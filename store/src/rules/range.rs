//! Turning a question about a range into one that costs a bounded amount.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::metric::Labels;
use contract::query::{MAX_POINTS, MAX_RANGE_MS, Range};
use contract::rpc::Error;

/// Points of one series where nothing was asked for.
const DEFAULT_POINTS: u32 = 300;
/// Most points of one answer, all its series together: what fits into a message.
const MAX_ANSWER_POINTS: i64 = 30_000;
/// Most series of one answer.
const MAX_ANSWER_SERIES: usize = 1_000;
/// Unix milliseconds of the first instant of the year 3000.
const FAR_FUTURE_MS: i64 = 32_503_680_000_000;

/// A range within all limits, in whole steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
    pub(crate) step: TimeDelta,
    /// Most points of one series.
    pub(crate) points: i64,
}

/// What was asked for, in Unix milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) from_ms: i64,
    pub(crate) to_ms: i64,
    pub(crate) step_ms: Option<i64>,
    pub(crate) max_points: Option<u32>,
}

/// The plan for an answer of `series` series.
pub(crate) fn plan(range: &Range, series: usize) -> Result<Plan, Error> {
    let window = Window {
        from_ms: range.from_ms,
        to_ms: range.to_ms,
        step_ms: range.step_ms,
        max_points: range.max_points,
    };
    span(window, series)
}

/// The plan for an answer of `series` series over a window.
pub(crate) fn span(range: Window, series: usize) -> Result<Plan, Error> {
    if range.from_ms < 0 || range.to_ms > FAR_FUTURE_MS {
        return Err(Error::invalid(
            "from",
            "times are Unix milliseconds between the years 1970 and 3000",
        ));
    }
    if range.to_ms <= range.from_ms {
        return Err(Error::invalid("to", "must be later than `from`"));
    }
    if range.step_ms.is_some_and(|step_ms| step_ms < 1) {
        return Err(Error::invalid("step", "must be at least 1 ms"));
    }
    if series > MAX_ANSWER_SERIES {
        return Err(Error::invalid(
            "match",
            format!(
                "the answer would have {series} series, at most {MAX_ANSWER_SERIES} are allowed: match fewer, or group them"
            ),
        ));
    }
    let share = MAX_ANSWER_POINTS / i64::try_from(series.max(1)).unwrap_or(i64::MAX);
    let asked = range.max_points.or(range.step_ms.map(|_| MAX_POINTS));
    let points = i64::from(asked.unwrap_or(DEFAULT_POINTS).clamp(1, MAX_POINTS)).min(share);
    let from_ms = range.from_ms.max(range.to_ms - MAX_RANGE_MS);
    let step_ms = step_ms(range.to_ms - from_ms, points, range.step_ms.unwrap_or(1));
    Ok(Plan {
        from: instant(from_ms - from_ms % step_ms),
        to: instant(range.to_ms),
        step: TimeDelta::milliseconds(step_ms),
        points,
    })
}

/// Sorts series into groups alike in the labels of `by`: the groups, and the group of each series.
pub(crate) fn group<'a>(
    series: impl IntoIterator<Item = &'a Labels>,
    by: &[String],
) -> (Vec<Labels>, Vec<usize>) {
    let mut numbers: BTreeMap<Labels, usize> = BTreeMap::new();
    let mut groups = Vec::new();
    let assigned = series
        .into_iter()
        .map(|labels| {
            let kept: Labels = by
                .iter()
                .filter_map(|name| Some((name.clone(), labels.get(name)?.clone())))
                .collect();
            *numbers.entry(kept).or_insert_with_key(|kept| {
                groups.push(kept.clone());
                groups.len() - 1
            })
        })
        .collect();
    (groups, assigned)
}

/// The shortest step, at least `wanted_ms` and from a second on a round number, that needs at most `points` of them.
fn step_ms(length_ms: i64, points: i64, wanted_ms: i64) -> i64 {
    const ROUND_S: [i64; 17] = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400,
    ];
    // One step may be lost to aligning the first one.
    let least_ms = ceiling(length_ms, (points - 1).max(1));
    if wanted_ms > 1 && wanted_ms >= least_ms {
        return wanted_ms;
    }
    let round = ROUND_S.iter().map(|s| s * 1_000).find(|ms| *ms >= least_ms);
    round.unwrap_or_else(|| ceiling(least_ms, 86_400_000) * 86_400_000)
}

/// The quotient of positive numbers, rounded up.
fn ceiling(dividend: i64, divisor: i64) -> i64 {
    (dividend + divisor - 1) / divisor
}

fn instant(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::query::Aggregate;

    const HOUR_MS: i64 = 3_600_000;

    fn range(from_ms: i64, to_ms: i64) -> Range {
        Range {
            metric: "cpu".to_owned(),
            matchers: Vec::new(),
            aggregate: Aggregate::Avg,
            group_by: Vec::new(),
            from_ms,
            to_ms,
            step_ms: None,
            max_points: None,
        }
    }

    #[test]
    fn a_day_is_answered_in_round_steps() {
        let plan = plan(&range(0, 24 * HOUR_MS), 1).expect("valid");
        assert_eq!(plan.step, TimeDelta::minutes(5));
    }

    #[test]
    fn no_answer_has_more_points_than_allowed() {
        for (length_ms, step_ms, max_points, series) in [
            (HOUR_MS, Some(1), None, 1),
            (MAX_RANGE_MS * 3, None, Some(9_999), 1),
            (MAX_RANGE_MS, Some(60_000), Some(2_000), 100),
            (7, None, Some(1), 1_000),
            (HOUR_MS, Some(60_000), Some(10), 1),
        ] {
            let asked = Range {
                step_ms,
                max_points,
                ..range(1_234_567, 1_234_567 + length_ms)
            };
            let plan = plan(&asked, series).expect("valid");
            let steps = ceiling(
                (plan.to - plan.from).num_milliseconds(),
                plan.step.num_milliseconds(),
            );
            let limit = i64::from(max_points.unwrap_or(MAX_POINTS).min(MAX_POINTS)).max(2);
            assert!(steps <= limit, "{steps} steps for {asked:?}");
            assert!(
                steps * i64::try_from(series).expect("small") <= MAX_ANSWER_POINTS,
                "{asked:?}"
            );
        }
    }

    #[test]
    fn senseless_ranges_are_refused() {
        assert!(plan(&range(5, 5), 1).is_err());
        assert!(plan(&range(-1, 5), 1).is_err());
        assert!(plan(&range(0, i64::MAX), 1).is_err());
        assert!(
            plan(
                &Range {
                    step_ms: Some(0),
                    ..range(0, 5)
                },
                1
            )
            .is_err()
        );
        assert!(plan(&range(0, 5), 1_001).is_err());
    }

    #[test]
    fn series_alike_in_the_kept_labels_are_one_group() {
        let labels = |host: &str, core: &str| {
            Labels::from([
                ("host".to_owned(), host.to_owned()),
                ("core".to_owned(), core.to_owned()),
            ])
        };
        let series = [
            labels("a", "0"),
            labels("b", "0"),
            labels("a", "1"),
            Labels::new(),
        ];
        let (groups, assigned) = group(&series, &["host".to_owned()]);
        assert_eq!(assigned, [0, 1, 0, 2]);
        assert_eq!(
            groups[0],
            Labels::from([("host".to_owned(), "a".to_owned())])
        );
        assert_eq!(groups[2], Labels::new());
    }
}
