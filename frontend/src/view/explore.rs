//! What is explored: the URL is the state.

use std::fmt::Write;

use contract::metric;
use contract::query::{Aggregate, Matcher, Metric, Range};
use serde::{Deserialize, Serialize};

use crate::view::address::escape;
use crate::view::filter;
use crate::view::period::{self, Period};

/// As many points as a wide screen can tell apart.
const POINTS: u32 = 400;
/// Most labels a question keeps apart.
const LABELS_APART: usize = 8;
/// Shortest stretch that can be looked at.
const SHORTEST_MS: i64 = 1_000;

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
    /// From and to in Unix milliseconds, where a stretch was chosen instead of the latest.
    pub stretch: Option<(i64, i64)>,
}

impl Selection {
    /// Reads a query string; what is missing or unknown gets its default. A condition may be added to the others by `label`,
    /// `operator` and `value`.
    pub fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        let word = value("aggregate").unwrap_or_default();
        let whole = |name: &str| value(name)?.parse::<i64>().ok();
        let stretch = whole("from").zip(whole("to"));
        let text = |name: &str| value(name).unwrap_or_default().trim().to_owned();
        let added = (text("label"), text("operator"), text("value"));
        Self {
            metric: text("metric"),
            filter: filter::with(&value("match").unwrap_or_default(), &added),
            aggregate: AGGREGATES
                .iter()
                .find(|(_, name, _)| *name == word)
                .map(|(aggregate, ..)| *aggregate),
            group_by: value("group_by").unwrap_or_default(),
            period: period::named(&value("range").unwrap_or_default()),
            stretch: stretch.filter(|(from, to)| to - from >= SHORTEST_MS),
        }
    }

    /// The query string that reads as this selection.
    pub fn query(&self) -> String {
        let mut query = format!("metric={}", escape(&self.metric));
        let mut add = |name: &str, value: &str| {
            // Writing to a String cannot fail.
            let _ = write!(query, "&{name}={}", escape(value));
        };
        if !self.filter.is_empty() {
            add("match", &self.filter);
        }
        let word = AGGREGATES
            .iter()
            .find(|(it, ..)| Some(*it) == self.aggregate);
        if let Some((_, word, _)) = word {
            add("aggregate", word);
        }
        if !self.group_by.is_empty() {
            add("group_by", &self.group_by);
        }
        add("range", self.period.name);
        if let Some((from, to)) = self.stretch {
            add("from", &from.to_string());
            add("to", &to.to_string());
        }
        query
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

    /// From when till when it is, in Unix milliseconds.
    pub fn span(&self, now_ms: i64) -> (i64, i64) {
        self.stretch
            .unwrap_or((now_ms - self.period.length_ms, now_ms))
    }

    /// The question to the store.
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
        let (from_ms, to_ms) = self.span(now_ms);
        Range {
            metric: self.metric.clone(),
            matchers: self.matchers(),
            aggregate: self.how(),
            group_by,
            from_ms,
            to_ms,
            step_ms: None,
            max_points: Some(POINTS),
        }
    }

    /// The conditions that hold.
    pub fn matchers(&self) -> Vec<Matcher> {
        filter::matchers(&self.filter)
    }

    /// The same without one of its conditions.
    #[must_use]
    pub fn without(&self, index: usize) -> Self {
        Self {
            filter: filter::without(&self.filter, index),
            ..self.clone()
        }
    }

    /// The same for a stretch of time, or for the latest again.
    #[must_use]
    pub fn within(&self, stretch: Option<(i64, i64)>) -> Self {
        let stretch = stretch.filter(|(from, to)| to - from >= SHORTEST_MS);
        Self {
            stretch,
            ..self.clone()
        }
    }
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
    fn a_selection_is_its_own_address() {
        let chosen = selection(&[
            ("metric", "cpu"),
            ("match", "host=a"),
            ("label", "zone"),
            ("operator", "!~"),
            ("value", "eu.*"),
            ("aggregate", "p95"),
            ("range", "6h"),
            ("from", "1000"),
            ("to", "9000"),
        ]);
        assert_eq!(
            chosen.query(),
            "metric=cpu&match=host%3Da%2C%20zone%21~eu.%2A&aggregate=p95&range=6h&from=1000&to=9000"
        );
        assert_eq!(chosen.span(5), (1_000, 9_000));
        assert_eq!(
            chosen.without(0).within(None).query(),
            "metric=cpu&match=zone%21~eu.%2A&aggregate=p95&range=6h"
        );
    }

    #[test]
    fn a_stretch_of_nothing_is_not_looked_at() {
        let chosen = selection(&[("metric", "cpu"), ("from", "5"), ("to", "5")]);
        assert_eq!(chosen.stretch, None);
        assert_eq!(chosen.within(Some((0, 10))).stretch, None);
        assert_eq!(chosen.within(Some((0, 60_000))).stretch, Some((0, 60_000)));
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
