//! What is kept of the values of a bucket of time: one minute or one hour, or any longer time merged from them.

mod codec;
#[cfg(test)]
mod tests;

pub(crate) use codec::{decode, encode};

/// A value at an instant in Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) at_ms: i64,
    pub(crate) value: f64,
}

/// Everything but quantiles (see [`super::sketch`]) that can be said of the values of a time, at least one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Aggregate {
    pub(crate) count: u64,
    pub(crate) sum: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    /// The oldest and the newest point.
    pub(crate) first: Point,
    pub(crate) last: Point,
    /// By how much a counter grew from its first to its last value: where it fell, it had started again at zero.
    pub(crate) growth: f64,
}

impl Aggregate {
    /// Of points in the order of their times, or `None` where there are none.
    pub(crate) fn of(points: &[Point]) -> Option<Self> {
        let (first, rest) = points.split_first()?;
        let one = |point: &Point| Self::of_one(*point);
        Some(
            rest.iter()
                .map(one)
                .fold(one(first), |merged, next| merged.merge(&next)),
        )
    }

    /// Of two times that do not overlap, in whatever order.
    #[must_use]
    pub(crate) fn merge(&self, other: &Self) -> Self {
        let (early, late) = if self.first.at_ms <= other.first.at_ms {
            (self, other)
        } else {
            (other, self)
        };
        Self {
            count: early.count.saturating_add(late.count),
            sum: early.sum + late.sum,
            min: early.min.min(late.min),
            max: early.max.max(late.max),
            first: early.first,
            last: late.last,
            growth: early.growth + increase(early.last.value, late.first.value) + late.growth,
        }
    }

    fn of_one(point: Point) -> Self {
        Self {
            count: 1,
            sum: point.value,
            min: point.value,
            max: point.value,
            first: point,
            last: point,
            growth: 0.0,
        }
    }
}

/// By how much a counter grew from one value to the next.
pub(crate) fn increase(before: f64, after: f64) -> f64 {
    if after < before {
        after
    } else {
        after - before
    }
}
