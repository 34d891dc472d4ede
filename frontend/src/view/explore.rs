//! What is explored: the URL is the state.

use contract::metric;
use contract::query::{Aggregate, Answer, Metric, Range, Resolution, Series};
use serde::{Deserialize, Serialize};

use crate::view::live::Effect;
use crate::view::path::extent;
use crate::view::period::{self, Period};
use crate::view::plot::Line;

/// Most series a chart draws; hues repeat after eight.
pub const SERIES_SHOWN: usize = 24;
/// As many points as a wide screen can tell apart.
const POINTS: u32 = 400;
/// Most labels a question keeps apart.
const LABELS_APART: usize = 8;

/// Every aggregate as it stands in a URL and as people read it.
pub const AGGREGATES: [(Aggregate, &str, &str); 10] = [
    (Aggregate::Avg, "avg", "average"),
    (Aggregate::Min, "min", "minimum"),
    (Aggregate::Max, "max", "maximum"),
    (Aggregate::Sum, "sum", "sum"),
    (Aggregate::Count, "count", "number of samples"),
    (Aggregate::Rate, "rate", "rate per second"),
    (Aggregate::P50, "p50", "median (p50)"),
    (Aggregate::P95, "p95", "95th percentile"),
    (Aggregate::P99, "p99", "99th percentile"),
    (Aggregate::None, "none", "as stored"),
];

/// What the form of the page says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    pub metric: String,
    /// "host=web-1, device=sda": all must hold.
    pub filter: String,
    pub aggregate: Aggregate,
    /// A label to keep apart, `all` for one line in all, or empty for each series by itself.
    pub group_by: String,
    #[serde(with = "period::by_name")]
    pub period: Period,
}

impl Selection {
    /// Reads a query string; what is missing or unknown gets its default.
    pub fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        let word = value("aggregate").unwrap_or_default();
        Self {
            metric: value("metric").unwrap_or_default().trim().to_owned(),
            filter: value("match").unwrap_or_default(),
            aggregate: AGGREGATES
                .iter()
                .find(|(_, name, _)| *name == word)
                .map_or(Aggregate::Avg, |(aggregate, ..)| *aggregate),
            group_by: value("group_by").unwrap_or_default(),
            period: period::named(&value("range").unwrap_or_default()),
        }
    }

    /// The unit of what is shown, from the metric's own.
    pub fn unit(&self, unit: &str) -> String {
        match self.aggregate {
            Aggregate::Rate => format!("{unit}/s"),
            Aggregate::Count => "1".to_owned(),
            _ => unit.to_owned(),
        }
    }

    /// The question to the store, for the period that ends at `now_ms`.
    pub fn range(&self, metric: Option<&Metric>, now_ms: i64) -> Range {
        let each = || {
            metric
                .map(|metric| metric.labels.clone())
                .unwrap_or_default()
        };
        let mut group_by = match self.group_by.as_str() {
            "all" => vec![],
            "" => each(),
            label => vec![label.to_owned()],
        };
        group_by.truncate(LABELS_APART);
        Range {
            metric: self.metric.clone(),
            matchers: matchers(&self.filter),
            aggregate: self.aggregate,
            group_by,
            from_ms: now_ms - self.period.length_ms,
            to_ms: now_ms,
            step_ms: None,
            max_points: Some(POINTS),
        }
    }
}

/// The equalities in a filter; what is not one is left out.
pub fn matchers(filter: &str) -> Vec<(String, String)> {
    filter
        .split(',')
        .filter_map(|part| part.split_once('='))
        .map(|(name, value)| (name.trim().to_owned(), unquoted(value.trim()).to_owned()))
        .filter(|(name, _)| !name.is_empty())
        .collect()
}

/// Takes a moment's samples into an answer. `Stale` when only asking again tells the whole truth: what could be
/// appended meanwhile was.
pub fn append(answer: &mut Answer, selection: &Selection, arrived: &[metric::Series]) -> Effect {
    let wanted = matchers(&selection.filter);
    let mut ours = arrived
        .iter()
        .filter(|new| concerns(new, selection, &wanted))
        .peekable();
    if ours.peek().is_none() {
        return Effect::None;
    }
    let exact = selection.aggregate == Aggregate::None;
    let mut complete = exact && answer.resolution == Resolution::Raw;
    if answer.resolution == Resolution::Raw && (exact || keeps_scale(selection.aggregate)) {
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
            })
        })
        .collect()
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
pub fn steps(answer: &Answer, period: Period) -> String {
    let tier = match answer.resolution {
        Resolution::Raw => "raw samples",
        Resolution::Minute => "1-minute roll-ups",
        Resolution::Hour => "1-hour roll-ups",
    };
    format!("from {tier}, last {}", period.label)
}

/// Chooses the first metric where none was chosen.
pub fn settle(selection: &mut Selection, metrics: &[Metric]) {
    if selection.metric.is_empty()
        && let Some(first) = metrics.first()
    {
        selection.metric.clone_from(&first.name);
    }
}

fn concerns(new: &metric::Series, selection: &Selection, wanted: &[(String, String)]) -> bool {
    new.name == selection.metric
        && wanted
            .iter()
            .all(|(name, value)| new.labels.get(name) == Some(value))
}

fn unquoted(value: &str) -> &str {
    value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
        .unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(query: &[(&str, &str)]) -> Selection {
        Selection::read(|wanted| {
            let found = query.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

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
    fn a_query_string_becomes_a_question() {
        let chosen = selection(&[("metric", "cpu"), ("match", "host=a, x"), ("range", "6h")]);
        let range = chosen.range(None, 21_600_000);
        assert_eq!((range.from_ms, range.to_ms), (0, 21_600_000));
        assert_eq!(range.matchers, [("host".to_owned(), "a".to_owned())]);
        assert_eq!(range.aggregate, Aggregate::Avg);
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
    fn a_legend_tells_last_min_avg_and_max() {
        let rows = legend(&[stored(&[(1, 4.0), (2, 1.0), (3, 1.0)]), stored(&[])]);
        assert_eq!(
            rows,
            [LegendRow {
                label: "host=a".to_owned(),
                last: 1.0,
                min: 1.0,
                avg: 2.0,
                max: 4.0
            }]
        );
    }
}
