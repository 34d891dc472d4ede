//! What is explored: the URL is the state.

use contract::metric;
use contract::query::{Aggregate, Matcher, Metric, Range};
use serde::{Deserialize, Serialize};

use crate::view::period::{self, Period};

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
    /// "host=web-1, device!~loop.*": all must hold.
    pub filter: String,
    /// Absent where nothing was chosen: then the metric's kind decides.
    pub aggregate: Option<Aggregate>,
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
                .map(|(aggregate, ..)| *aggregate),
            group_by: value("group_by").unwrap_or_default(),
            period: period::named(&value("range").unwrap_or_default()),
        }
    }

    /// How the points of a step become one.
    pub fn how(&self) -> Aggregate {
        self.aggregate.unwrap_or_default()
    }

    /// The unit of what is shown, from the metric's own.
    pub fn unit(&self, unit: &str) -> String {
        match self.how() {
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
            aggregate: self.how(),
            group_by,
            from_ms: now_ms - self.period.length_ms,
            to_ms: now_ms,
            step_ms: None,
            max_points: Some(POINTS),
        }
    }
}

/// The matchers in a filter; what is not one is left out.
pub fn matchers(filter: &str) -> Vec<Matcher> {
    filter
        .split(',')
        .filter_map(|part| part.trim().parse().ok())
        .map(|matcher: Matcher| Matcher {
            value: unquoted(matcher.value.trim()).to_owned(),
            ..matcher
        })
        .collect()
}

/// Chooses the first metric where none was chosen, and the rate of a counter rather than its height.
pub fn settle(selection: &mut Selection, metrics: &[Metric]) {
    if selection.metric.is_empty()
        && let Some(first) = metrics.first()
    {
        selection.metric.clone_from(&first.name);
    }
    let kind = metrics
        .iter()
        .find(|metric| metric.name == selection.metric)
        .map(|metric| metric.kind);
    if selection.aggregate.is_none() && kind == Some(metric::Kind::Counter) {
        selection.aggregate = Some(Aggregate::Rate);
    }
}

fn unquoted(value: &str) -> &str {
    value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
        .unwrap_or(value)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn selection(query: &[(&str, &str)]) -> Selection {
        Selection::read(|wanted| {
            let found = query.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_query_string_becomes_a_question() {
        let chosen = selection(&[
            ("metric", "cpu"),
            ("match", "host=\"a\", x, zone=~eu.*"),
            ("range", "6h"),
        ]);
        let range = chosen.range(None, 21_600_000);
        assert_eq!((range.from_ms, range.to_ms), (0, 21_600_000));
        let matchers: Vec<_> = range.matchers.iter().map(Matcher::to_string).collect();
        assert_eq!(matchers, ["host=a", "zone=~eu.*"]);
        assert_eq!(range.aggregate, Aggregate::Avg);
    }

    #[test]
    fn a_counter_is_shown_as_a_rate_unless_asked_otherwise() {
        let metrics = [Metric {
            name: "requests".to_owned(),
            kind: metric::Kind::Counter,
            unit: None,
            series_count: 1,
            labels: vec![],
            last_seen_ms: 0,
        }];
        for (query, expected) in [
            (&[][..], Aggregate::Rate),
            (&[("aggregate", "max")], Aggregate::Max),
        ] {
            let mut chosen = selection(query);
            settle(&mut chosen, &metrics);
            assert_eq!(
                (chosen.metric.as_str(), chosen.how()),
                ("requests", expected)
            );
        }
    }
}
