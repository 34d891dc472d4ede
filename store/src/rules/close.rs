//! What becomes of the rows of a series and an hour when the hour is closed, for the first time or again.

#[cfg(test)]
mod tests;

use super::aggregate::Point;
use super::rollup::{Bucket, HOUR_MS, MINUTE_MS, begin_of, buckets};

/// What is kept of a series and an hour: to begin with, what is stored; in the end, what is to be stored.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Kept {
    /// All samples of the hour, oldest first.
    pub(crate) block: Option<Vec<Point>>,
    /// The minutes of the hour.
    pub(crate) minutes: Option<Vec<Bucket>>,
    /// The hours of the UTC day, this one and others.
    pub(crate) hours: Vec<Bucket>,
}

impl Kept {
    /// Takes in rows of the hour that begins at `hour_ms`, oldest first; says whether anything changed.
    ///
    /// While there is a block it knows every sample, so that all buckets are made anew from block and rows; of two values at one
    /// instant the block's stays, it came first. Once the block is gone (its time is over) nobody can tell which
    /// samples a bucket has seen, so that existing buckets are final and missing ones are filled.
    pub(crate) fn take_in(&mut self, hour_ms: i64, rows: &[Point]) -> bool {
        let is_this = |bucket: &Bucket| begin_of(bucket.aggregate.first.at_ms, HOUR_MS) == hour_ms;
        if self.block.is_none() && self.hours.iter().any(is_this) {
            return self
                .minutes
                .as_mut()
                .is_some_and(|minutes| fill(minutes, rows));
        }
        let known = self.block.take().unwrap_or_default();
        let points = union(&known, rows);
        self.hours.retain(|bucket| !is_this(bucket));
        self.hours.extend(Bucket::of(&points));
        self.hours
            .sort_by_key(|bucket| bucket.aggregate.first.at_ms);
        self.minutes = Some(buckets(&points, MINUTE_MS));
        let changed = points.len() != known.len();
        self.block = Some(points);
        changed
    }
}

/// Adds buckets for the minutes that have none.
fn fill(minutes: &mut Vec<Bucket>, rows: &[Point]) -> bool {
    let minute = |bucket: &Bucket| begin_of(bucket.aggregate.first.at_ms, MINUTE_MS);
    let mut missing = buckets(rows, MINUTE_MS);
    missing.retain(|new| minutes.iter().all(|old| minute(old) != minute(new)));
    let changed = !missing.is_empty();
    minutes.extend(missing);
    minutes.sort_by_key(|bucket| bucket.aggregate.first.at_ms);
    changed
}

/// Both, in the order of their times; where both have a value, that of `known`.
fn union(known: &[Point], rows: &[Point]) -> Vec<Point> {
    let mut points = [known, rows].concat();
    // Stable: what is known stays before a row of the same instant.
    points.sort_by_key(|point| point.at_ms);
    points.dedup_by_key(|point| point.at_ms);
    points
}
