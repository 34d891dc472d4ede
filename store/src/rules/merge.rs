//! One truth from all that is stored of a series: rows that are still hot, blocks, and roll-ups.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::aggregate::{Aggregate, Point, increase};
use super::rollup::{Bucket, begin_of};
use super::sketch::Sketch;

/// What was read of one series.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    /// Hot rows.
    pub(crate) rows: Vec<Point>,
    /// The points of blocks.
    pub(crate) points: Vec<Point>,
    /// Roll-ups, each of a bucket of the tier.
    pub(crate) buckets: Vec<Bucket>,
}

impl Stored {
    /// All points in the order of their times. What a block says of an instant was there first.
    pub(crate) fn into_points(self) -> Vec<Point> {
        let mut all = self.points;
        all.extend(self.rows);
        // Stable: of two at the same instant the block's stays in front.
        all.sort_by_key(|point| point.at_ms);
        all.dedup_by_key(|point| point.at_ms);
        all
    }

    /// The tier's buckets in the order of their times, with what is not rolled up yet. A bucket that was rolled up is
    /// computed again where there are newer rows and the block is still there; without a block it is final.
    pub(crate) fn into_buckets(mut self, width_ms: i64, sketches: bool) -> Vec<Bucket> {
        let known = std::mem::take(&mut self.buckets).into_iter();
        let mut buckets: BTreeMap<i64, Bucket> = known
            .map(|bucket| (begin_of(bucket.aggregate.first.at_ms, width_ms), bucket))
            .collect();
        let in_blocks: BTreeSet<i64> = self
            .points
            .iter()
            .map(|point| begin_of(point.at_ms, width_ms))
            .collect();
        let points = self.into_points();
        let alike = |left: &Point, right: &Point| {
            begin_of(left.at_ms, width_ms) == begin_of(right.at_ms, width_ms)
        };
        for run in points.chunk_by(alike) {
            let begin = begin_of(run[0].at_ms, width_ms);
            let is_final = buckets.contains_key(&begin) && !in_blocks.contains(&begin);
            if !is_final && let Some(bucket) = bucket(run, sketches) {
                buckets.insert(begin, bucket);
            }
        }
        buckets.into_values().collect()
    }
}

/// A bucket of points; its sketch stays empty unless quantiles are wanted.
pub(crate) fn bucket(points: &[Point], sketches: bool) -> Option<Bucket> {
    let values = points.iter().map(|point| point.value);
    Some(Bucket {
        aggregate: Aggregate::of(points)?,
        sketch: if sketches {
            Sketch::of(values)
        } else {
            Sketch::default()
        },
    })
}

/// Buckets in the order of their times, merged into steps.
pub(crate) fn steps(buckets: Vec<Bucket>, step_ms: i64) -> Vec<(i64, Bucket)> {
    let mut steps: Vec<(i64, Bucket)> = Vec::new();
    for bucket in buckets {
        let begin = begin_of(bucket.aggregate.first.at_ms, step_ms);
        match steps.last_mut() {
            Some((open, merged)) if *open == begin => *merged = merged.clone().merge(&bucket),
            _ => steps.push((begin, bucket)),
        }
    }
    steps
}

/// Growth per second of a counter, for every step from `from_ms` on that can be compared with something: from the last
/// value before a step to its own last one.
pub(crate) fn rates(steps: &[(i64, Bucket)], from_ms: i64) -> Vec<(i64, f64)> {
    let before = std::iter::once(None).chain(steps.iter().map(Some));
    let rates = steps
        .iter()
        .zip(before)
        .filter_map(|((begin, step), before)| {
            let step = step.aggregate;
            let (since_ms, growth) = match before {
                Some((_, before)) => {
                    let last = before.aggregate.last;
                    (
                        last.at_ms,
                        increase(last.value, step.first.value) + step.growth,
                    )
                }
                None => (step.first.at_ms, step.growth),
            };
            let length_s = seconds(step.last.at_ms - since_ms);
            (*begin >= from_ms && length_s > 0.0).then(|| (*begin, growth / length_s))
        });
    rates.collect()
}

#[expect(clippy::cast_precision_loss, reason = "no range is longer than a year")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1_000.0
}
