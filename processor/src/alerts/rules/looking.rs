//! Rules of one tenant by the series they look at.

use std::collections::HashMap;
use std::sync::Arc;

use contract::id::RuleId;
use contract::metric::{PackedSeries, Series};
use contract::query::Operator;
use contract::rule::{Rule, Selector, Source};

/// By metric.
#[derive(Default)]
pub(super) struct Looking(HashMap<String, AtMetric>);

/// By the first label whose value is given: its name, then its value.
#[derive(Default)]
struct AtMetric {
    at_label: HashMap<String, HashMap<String, Vec<Arc<Rule>>>>,
    /// No label's value is given.
    at_any: Vec<Arc<Rule>>,
}

impl Looking {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn put(&mut self, selector: &Selector, rule: Arc<Rule>) {
        let metric = self.0.entry(selector.metric.clone()).or_default();
        metric.place(selector).push(rule);
    }

    pub(super) fn remove(&mut self, selector: &Selector, id: RuleId) {
        let Some(metric) = self.0.get_mut(&selector.metric) else {
            return;
        };
        metric.place(selector).retain(|other| other.id != id);
        metric.tidy(selector);
        if metric.at_label.is_empty() && metric.at_any.is_empty() {
            self.0.remove(&selector.metric);
        }
    }

    /// A series with the rules that look at it and are not paused; `None` where there is none.
    pub(super) fn at(&self, series: PackedSeries<'_>) -> Option<(Series, Vec<Arc<Rule>>)> {
        let metric = self.0.get(series.name())?;
        let at_labels = series
            .labels()
            .filter_map(|(name, value)| metric.at_label.get(name)?.get(value));
        let mut near = at_labels.chain([&metric.at_any]).flatten().peekable();
        near.peek()?;
        let series = series.to_series();
        let looks = |rule: &&Arc<Rule>| match rule.spec.condition.source() {
            Source::Metric(selector) => {
                !rule.spec.paused && selector.accepts(&series.name, &series.labels)
            }
            Source::Monitor(_) => false,
        };
        let rules: Vec<_> = near.filter(looks).map(Arc::clone).collect();
        (!rules.is_empty()).then_some((series, rules))
    }
}

impl AtMetric {
    fn place(&mut self, selector: &Selector) -> &mut Vec<Arc<Rule>> {
        match given(selector) {
            Some((label, value)) => {
                let values = self.at_label.entry(label.clone()).or_default();
                values.entry(value.clone()).or_default()
            }
            None => &mut self.at_any,
        }
    }

    /// Forgets the place of a selector where nothing is left in it.
    fn tidy(&mut self, selector: &Selector) {
        let Some((label, value)) = given(selector) else {
            return;
        };
        let Some(values) = self.at_label.get_mut(label) else {
            return;
        };
        if values.get(value).is_some_and(Vec::is_empty) {
            values.remove(value);
        }
        if values.is_empty() {
            self.at_label.remove(label);
        }
    }
}

/// A label that all series of a selector have, and its value.
fn given(selector: &Selector) -> Option<(&String, &String)> {
    let mut matchers = selector.matchers.iter();
    let given = matchers.find(|it| it.operator == Operator::Equal && !it.value.is_empty());
    given.map(|matcher| (&matcher.label, &matcher.value))
}

#[cfg(test)]
mod tests {
    use contract::metric::{Batch, Kind, Packed};
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn rule(n: u128, matchers: &[&str]) -> Arc<Rule> {
        let rule = json!({"id": Uuid::from_u128(n), "tenant": Uuid::from_u128(1), "revision": 1,
            "name": "r", "kind": "threshold", "metric": "cpu", "match": matchers,
            "operator": ">", "value": 1.0});
        Arc::new(serde_json::from_value(rule).expect("a rule"))
    }

    fn selector(rule: &Rule) -> &Selector {
        match rule.spec.condition.source() {
            Source::Metric(selector) => selector,
            Source::Monitor(_) => unreachable!("a rule on a metric"),
        }
    }

    fn found(looking: &Looking, metric: &str, labels: &[(&str, &str)]) -> Vec<u128> {
        let labels = labels.iter();
        let series = Series {
            name: metric.to_owned(),
            labels: labels
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            kind: Kind::Gauge,
            unit: None,
            points: vec![(1, 1.0)],
        };
        let batch = Packed::from(&Batch {
            received_ms: 1,
            series: vec![series],
        });
        let rules = batch.series().filter_map(|series| looking.at(series));
        let mut ids: Vec<_> = rules
            .flat_map(|(_, rules)| rules)
            .map(|rule| rule.id.0.as_u128())
            .collect();
        ids.sort_unstable();
        ids
    }

    #[test]
    fn a_series_finds_the_rules_that_look_at_it() {
        let mut looking = Looking::default();
        let rules: Vec<_> = [
            (1, &[] as &[&str]),
            (2, &["host=a"]),
            (3, &["host!=a"]),
            (4, &["host=a", "zone=x"]),
            (5, &["rack="]),
        ]
        .map(|(n, matchers)| rule(n, matchers))
        .into();
        for rule in &rules {
            looking.put(selector(rule), Arc::clone(rule));
        }
        assert_eq!(found(&looking, "cpu", &[("host", "a")]), [1, 2, 5]);
        let both = [("host", "a"), ("zone", "x")];
        assert_eq!(found(&looking, "cpu", &both), [1, 2, 4, 5]);
        assert_eq!(
            found(&looking, "cpu", &[("host", "b"), ("rack", "7")]),
            [1, 3]
        );
        assert_eq!(found(&looking, "mem", &[("host", "a")]), [0; 0]);
        looking.remove(selector(&rules[1]), rules[1].id);
        assert_eq!(found(&looking, "cpu", &[("host", "a")]), [1, 5]);
        for rule in &rules {
            looking.remove(selector(rule), rule.id);
        }
        assert!(looking.is_empty());
    }
}
