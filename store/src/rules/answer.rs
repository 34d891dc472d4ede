//! From the steps of series to the points of an answer.

use std::collections::BTreeMap;

use contract::query::Aggregate;

use super::merge;
use super::rollup::Bucket;

/// (Unix milliseconds, value), oldest first.
pub(crate) type Points = Vec<(i64, f64)>;

/// What the series of each group become together.
#[derive(Debug)]
pub(crate) struct Answer {
    aggregate: Aggregate,
    from_ms: i64,
    groups: Vec<Group>,
}

#[derive(Debug, Clone)]
enum Group {
    /// Steps of all series, merged.
    Merged(BTreeMap<i64, Bucket>),
    /// Sums of what each series does per second.
    Rates(BTreeMap<i64, f64>),
}

/// The quantile an aggregate asks for.
pub(crate) fn quantile(aggregate: Aggregate) -> Option<f64> {
    match aggregate {
        Aggregate::P50 => Some(0.5),
        Aggregate::P95 => Some(0.95),
        Aggregate::P99 => Some(0.99),
        _ => None,
    }
}

impl Answer {
    /// With nothing in it. Steps before `from_ms` only serve to compare with.
    pub(crate) fn new(aggregate: Aggregate, groups: usize, from_ms: i64) -> Self {
        let empty = match aggregate {
            Aggregate::Rate => Group::Rates(BTreeMap::new()),
            _ => Group::Merged(BTreeMap::new()),
        };
        Self {
            aggregate,
            from_ms,
            groups: vec![empty; groups],
        }
    }

    /// Takes the steps of a series into its group.
    pub(crate) fn add(&mut self, group: usize, steps: Vec<(i64, Bucket)>) {
        let from_ms = self.from_ms;
        match self.groups.get_mut(group) {
            Some(Group::Rates(rates)) => {
                for (begin, rate) in merge::rates(&steps, from_ms) {
                    *rates.entry(begin).or_default() += rate;
                }
            }
            Some(Group::Merged(merged)) => {
                for (begin, step) in steps.into_iter().filter(|(begin, _)| *begin >= from_ms) {
                    let whole = match merged.remove(&begin) {
                        Some(others) => others.merge(&step),
                        None => step,
                    };
                    merged.insert(begin, whole);
                }
            }
            None => {}
        }
    }

    /// The points of each group.
    pub(crate) fn points(self) -> Vec<Points> {
        let aggregate = self.aggregate;
        let groups = self.groups.into_iter().map(|group| match group {
            Group::Rates(rates) => rates.into_iter().collect(),
            Group::Merged(steps) => steps
                .into_iter()
                .filter_map(|(begin, step)| Some((begin, value(aggregate, &step)?)))
                .collect(),
        });
        groups.collect()
    }
}

fn value(aggregate: Aggregate, step: &Bucket) -> Option<f64> {
    let whole = &step.aggregate;
    match aggregate {
        Aggregate::P50 | Aggregate::P95 | Aggregate::P99 => {
            // A quantile is no smaller than the least value and no larger than the greatest.
            let quantile = step.sketch.quantile(quantile(aggregate)?)?;
            Some(quantile.clamp(whole.min, whole.max))
        }
        Aggregate::Min => Some(whole.min),
        Aggregate::Max => Some(whole.max),
        Aggregate::Sum => Some(whole.sum),
        Aggregate::Count => Some(number(whole.count)),
        Aggregate::Avg | Aggregate::None | Aggregate::Rate => Some(whole.sum / number(whole.count)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts beyond 2^52")]
fn number(count: u64) -> f64 {
    count as f64
}
