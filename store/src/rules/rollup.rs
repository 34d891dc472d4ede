//! Sorting the points of a series into buckets of time.

use super::aggregate::{self, Aggregate, Point};
use super::bytes::Unreadable;
use super::sketch::{self, Sketch};

pub(crate) const MINUTE_MS: i64 = 60_000;
pub(crate) const HOUR_MS: i64 = 60 * MINUTE_MS;
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;

/// What is kept of a minute or an hour.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bucket {
    pub(crate) aggregate: Aggregate,
    pub(crate) sketch: Sketch,
}

impl Bucket {
    /// Of points in the order of their times, or `None` where there are none.
    pub(crate) fn of(points: &[Point]) -> Option<Self> {
        Some(Self {
            aggregate: Aggregate::of(points)?,
            sketch: Sketch::of(points.iter().map(|point| point.value)),
        })
    }

    /// Of two times that do not overlap.
    #[must_use]
    pub(crate) fn merge(mut self, other: &Self) -> Self {
        self.aggregate = self.aggregate.merge(&other.aggregate);
        self.sketch.merge(&other.sketch);
        self
    }
}

/// A row of buckets as it is stored: aggregates and, apart from them, sketches.
pub(crate) fn encode(begin_ms: i64, row: Vec<Bucket>) -> (Vec<u8>, Vec<u8>) {
    let (aggregates, sketches): (Vec<_>, Vec<_>) = row
        .into_iter()
        .map(|bucket| (bucket.aggregate, bucket.sketch))
        .unzip();
    (
        aggregate::encode(begin_ms, &aggregates),
        sketch::encode(&sketches),
    )
}

/// Reads what [`encode`] wrote with the same `begin_ms`.
pub(crate) fn decode(
    begin_ms: i64,
    aggregates: &[u8],
    sketches: &[u8],
) -> Result<Vec<Bucket>, Unreadable> {
    let aggregates = aggregate::decode(begin_ms, aggregates)?;
    let sketches = sketch::decode(sketches)?;
    if aggregates.len() != sketches.len() {
        return Err(Unreadable("not as many sketches as aggregates"));
    }
    let bucket = |(aggregate, sketch)| Bucket { aggregate, sketch };
    Ok(aggregates.into_iter().zip(sketches).map(bucket).collect())
}

/// The begin of the bucket of this width that an instant falls into.
pub(crate) fn begin_of(at_ms: i64, width_ms: i64) -> i64 {
    at_ms - at_ms.rem_euclid(width_ms)
}

/// One bucket for each width of time that has points; these are in the order of their times.
pub(crate) fn buckets(points: &[Point], width_ms: i64) -> Vec<Bucket> {
    points
        .chunk_by(|left, right| begin_of(left.at_ms, width_ms) == begin_of(right.at_ms, width_ms))
        .filter_map(Bucket::of)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_roll_up_of_roll_ups_equals_the_roll_up_of_the_points(
            points in prop::collection::btree_map(0..DAY_MS, -1_000_000..1_000_000_i32, 1..300)
        ) {
            let points: Vec<Point> = points.into_iter().map(|(at_ms, value)| Point { at_ms, value: value.into() }).collect();
            let mut from_minutes: Vec<Bucket> = Vec::new();
            for minute in buckets(&points, MINUTE_MS) {
                let hour = begin_of(minute.aggregate.first.at_ms, HOUR_MS);
                match from_minutes.last_mut() {
                    Some(open) if begin_of(open.aggregate.first.at_ms, HOUR_MS) == hour => *open = open.clone().merge(&minute),
                    _ => from_minutes.push(minute),
                }
            }
            prop_assert_eq!(from_minutes, buckets(&points, HOUR_MS));
        }
    }
}
