//! The answer to what is explored: kept up to date, drawn, and told in a legend.

use contract::metric;
use contract::query::{Aggregate, Answer, Matcher, Resolution, Series};

use crate::view::explore::Selection;
use crate::view::figure::duration;
use crate::view::live::Effect;
use crate::view::path::extent;
use crate::view::plot::Line;

/// Most series a chart draws; hues repeat after eight.
pub const SERIES_SHOWN: usize = 24;

/// Takes a moment's samples into an answer. `Stale` when only asking again tells the whole truth: what could be
/// appended meanwhile was.
pub fn append(answer: &mut Answer, selection: &Selection, arrived: &[metric::Series]) -> Effect {
    let wanted = selection.matchers();
    if selection.stretch.is_some() {
        // What is over does not change.
        return Effect::None;
    }
    let mut ours = arrived
        .iter()
        .filter(|new| concerns(new, selection, &wanted))
        .peekable();
    if ours.peek().is_none() {
        return Effect::None;
    }
    let exact = selection.how() == Aggregate::None;
    // What only the store can match may be somebody else's.
    let matched = wanted.iter().all(|matcher| !matcher.operator.is_regex());
    let mut complete = exact && matched && answer.resolution == Resolution::Raw;
    if matched && answer.resolution == Resolution::Raw && (exact || keeps_scale(selection.how())) {
        for new in ours {
            complete &= extend(answer, new);
        }
    }
    if complete {
        Effect::Taken
    } else {
        Effect::Stale
    }
}

/// False when the series is not in the answer yet.
fn extend(answer: &mut Answer, new: &metric::Series) -> bool {
    let Some(known) = answer.series.iter_mut().find(|s| s.labels == new.labels) else {
        return false;
    };
    let last = known.points.last().map_or(i64::MIN, |point| point.0);
    let fresh = new.points.iter().filter(|point| point.0 > last);
    known.points.extend(fresh);
    true
}

/// A single sample is of the same size as the aggregate of a step.
fn keeps_scale(aggregate: Aggregate) -> bool {
    !matches!(
        aggregate,
        Aggregate::Sum | Aggregate::Count | Aggregate::Rate
    )
}

/// One line of the legend.
#[derive(Debug, Clone, PartialEq)]
pub struct LegendRow {
    pub label: String,
    pub last: f64,
    pub min: f64,
    pub avg: f64,
    pub max: f64,
    pub p95: f64,
}

/// The legend of the series that have points, in their order.
pub fn legend(series: &[Series]) -> Vec<LegendRow> {
    series
        .iter()
        .filter_map(|one| {
            let values = one.points.iter().map(|point| point.1);
            let (min, max) = extent(values.clone());
            let mut number = 0.0;
            let sum = values.fold(0.0, |sum, value| {
                number += 1.0;
                sum + value
            });
            Some(LegendRow {
                label: name(one),
                last: one.points.last()?.1,
                min,
                avg: sum / number,
                max,
                p95: p95(one),
            })
        })
        .collect()
}

/// The smallest point that is at least as large as 95 % of all.
fn p95(series: &Series) -> f64 {
    let mut values: Vec<f64> = series.points.iter().map(|point| point.1).collect();
    values.sort_by(f64::total_cmp);
    let rank = (values.len() * 95).div_ceil(100).max(1);
    values.get(rank - 1).copied().unwrap_or_default()
}

/// A series' labels in words, or the metric's name where there are none.
pub fn name(series: &Series) -> String {
    if series.labels.is_empty() {
        return series.metric.clone();
    }
    let labels = series
        .labels
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    labels.collect::<Vec<_>>().join(", ")
}

/// The lines a chart draws of an answer.
pub fn drawn(series: &[Series]) -> Vec<Line> {
    let shown = series
        .iter()
        .filter(|one| !one.points.is_empty())
        .take(SERIES_SHOWN);
    shown
        .map(|one| Line {
            label: name(one),
            points: one.points.clone(),
        })
        .collect()
}

/// Which points are shown, since people ask: "from raw samples, last 1 hour".
pub fn steps(answer: &Answer, selection: &Selection) -> String {
    let tier = match answer.resolution {
        Resolution::Raw => "raw samples",
        Resolution::Minute => "1-minute roll-ups",
        Resolution::Hour => "1-hour roll-ups",
    };
    match selection.stretch {
        Some((from, to)) => format!(
            "from {tier}, a stretch of {}",
            duration((to - from) / 1_000)
        ),
        None => format!("from {tier}, last {}", selection.period.label),
    }
}

fn concerns(new: &metric::Series, selection: &Selection, wanted: &[Matcher]) -> bool {
    new.name == selection.metric
        && wanted
            .iter()
            .all(|matcher| matcher.is_met_by(&new.labels) != Some(false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::explore::tests::selection;

    fn stored(points: &[(i64, f64)]) -> Series {
        Series {
            metric: "cpu".to_owned(),
            labels: [("host".to_owned(), "a".to_owned())].into(),
            points: points.to_vec(),
        }
    }

    fn arrived(name: &str, points: &[(i64, f64)]) -> metric::Series {
        metric::Series {
            name: name.to_owned(),
            labels: stored(&[]).labels,
            kind: metric::Kind::Gauge,
            unit: None,
            points: points.to_vec(),
        }
    }

    #[test]
    fn fresh_samples_are_taken_once() {
        let chosen = selection(&[("metric", "cpu"), ("aggregate", "none")]);
        let mut answer = Answer {
            resolution: Resolution::Raw,
            series: vec![stored(&[(1, 1.0)])],
        };
        let new = [
            arrived("cpu", &[(1, 1.0), (2, 2.0)]),
            arrived("mem", &[(3, 3.0)]),
        ];
        assert_eq!(append(&mut answer, &chosen, &new), Effect::Taken);
        assert_eq!(append(&mut answer, &chosen, &new), Effect::Taken);
        assert_eq!(answer.series[0].points, [(1, 1.0), (2, 2.0)]);
        assert_eq!(append(&mut answer, &chosen, &new[1..]), Effect::None);
    }

    #[test]
    fn a_stretch_that_is_over_does_not_change() {
        let chosen = selection(&[("metric", "cpu"), ("from", "0"), ("to", "60000")]);
        let mut answer = Answer {
            resolution: Resolution::Raw,
            series: vec![stored(&[])],
        };
        let new = [arrived("cpu", &[(2, 2.0)])];
        assert_eq!(append(&mut answer, &chosen, &new), Effect::None);
        assert_eq!(
            steps(&answer, &chosen),
            "from raw samples, a stretch of 1 min"
        );
    }

    #[test]
    fn an_aggregate_is_asked_again_and_a_count_is_never_guessed() {
        let new = [arrived("cpu", &[(2, 2.0)])];
        for (aggregate, shown) in [("avg", 1), ("count", 0)] {
            let chosen = selection(&[("metric", "cpu"), ("aggregate", aggregate)]);
            let mut answer = Answer {
                resolution: Resolution::Raw,
                series: vec![stored(&[])],
            };
            assert_eq!(append(&mut answer, &chosen, &new), Effect::Stale);
            assert_eq!(answer.series[0].points.len(), shown, "{aggregate}");
        }
    }

    #[test]
    fn a_legend_tells_last_min_avg_max_and_p95() {
        let rows = legend(&[stored(&[(1, 4.0), (2, 1.0), (3, 1.0)]), stored(&[])]);
        assert_eq!(
            rows,
            [LegendRow {
                label: "host=a".to_owned(),
                last: 1.0,
                min: 1.0,
                avg: 2.0,
                max: 4.0,
                p95: 4.0
            }]
        );
    }
}
