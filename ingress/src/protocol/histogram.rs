//! A histogram as series: `_count`, `_sum` and `_bucket{le}`, as Prometheus writes them.

use std::collections::BTreeMap;

use contract::metric::Kind;

use crate::judge::{Broken, Judge};

/// What one point of a histogram says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Histogram {
    pub(super) count: f64,
    pub(super) sum: Option<f64>,
    /// Upper bound and how many lie at or below it, ascending; without the last one, which is infinite.
    pub(super) buckets: Vec<(f64, f64)>,
}

/// Where all points of a histogram go.
pub(super) struct Target<'a> {
    pub(super) name: &'a str,
    pub(super) labels: &'a [(&'a str, &'a str)],
    pub(super) kind: Kind,
    pub(super) unit: Option<&'a str>,
}

impl Histogram {
    /// Puts all of it, or nothing.
    pub(super) fn put(&self, to: &Target, at_ms: i64, judge: &mut Judge) -> Result<(), Broken> {
        let Target {
            name,
            labels,
            kind,
            unit,
        } = *to;
        let at_ms = judge.instant(Some(at_ms))?;
        let mut points = Vec::with_capacity(self.buckets.len() + 3);
        let count = judge.series(&format!("{name}_count"), &mut labels.to_vec(), kind, None)?;
        points.push((count, self.count));
        if let Some(sum) = self.sum.filter(|sum| sum.is_finite()) {
            let place = judge.series(&format!("{name}_sum"), &mut labels.to_vec(), kind, unit)?;
            points.push((place, sum));
        }
        let bucket = format!("{name}_bucket");
        let bounds = self.buckets.iter().map(|(le, count)| (bound(*le), *count));
        for (le, count) in bounds.chain([("+Inf".to_owned(), self.count)]) {
            let mut labels = labels.to_vec();
            labels.push(("le", &le));
            let place = judge.series(&bucket, &mut labels, kind, None)?;
            points.push((place, count));
        }
        points
            .into_iter()
            .try_for_each(|(place, value)| judge.put(place, at_ms, value))
    }
}

/// Buckets whose bounds are powers of `2^(2^-scale)`, merged into powers of two. That is exact, and keeps the series few and
/// the same when a sender changes its scale.
#[derive(Debug, Default)]
pub(super) struct Exponential {
    /// Exponent of the upper bound and count.
    positive: BTreeMap<i64, f64>,
    /// Exponent of the lower bound of the magnitude and count.
    negative: BTreeMap<i64, f64>,
    zero_threshold: f64,
    zero_count: f64,
}

impl Exponential {
    /// With no bucket yet but the one around zero.
    pub(super) fn new(zero_threshold: f64, zero_count: f64) -> Self {
        Self {
            zero_threshold,
            zero_count,
            ..Self::default()
        }
    }

    /// Adds the bucket `(base^index, base^(index + 1)]`.
    pub(super) fn add_positive(&mut self, scale: i32, index: i64, count: f64) {
        if count > 0.0 {
            let exponent = exponents(scale, index).1;
            *self.positive.entry(exponent).or_default() += count;
        }
    }

    /// Adds the bucket `[-base^(index + 1), -base^index)`.
    pub(super) fn add_negative(&mut self, scale: i32, index: i64, count: f64) {
        if count > 0.0 {
            let exponent = exponents(scale, index).0;
            *self.negative.entry(exponent).or_default() += count;
        }
    }

    /// Upper bounds and how many lie at or below each.
    pub(super) fn cumulative(&self) -> Vec<(f64, f64)> {
        let negative = self.negative.iter().rev();
        let negative = negative.map(|(exponent, count)| (-power(*exponent), *count));
        let zero = [(self.zero_threshold, self.zero_count)];
        let positive = self.positive.iter();
        let positive = positive.map(|(exponent, count)| (power(*exponent), *count));
        let mut sum = 0.0;
        negative
            .chain(zero)
            .chain(positive)
            .filter(|(bound, _)| bound.is_finite())
            .map(|(bound, count)| {
                sum += count;
                (bound, sum)
            })
            .collect()
    }
}

/// The scales there are; at the outer ones a bucket holds all numbers, or next to none.
pub(super) const SCALES: std::ops::RangeInclusive<i32> = -11..=20;

/// The powers of two between which the bucket at `index` lies. Beyond what a double can be they are all the same.
fn exponents(scale: i32, index: i64) -> (i64, i64) {
    let (lower, upper) = if scale >= 0 {
        let lower = index >> scale;
        (lower, lower + 1)
    } else {
        let width = 1_i64 << -scale;
        (
            index.saturating_mul(width),
            index.saturating_add(1).saturating_mul(width),
        )
    };
    (lower.clamp(-1_075, 1_024), upper.clamp(-1_074, 1_024))
}

fn power(exponent: i64) -> f64 {
    2_f64.powi(i32::try_from(exponent).unwrap_or(i32::MAX))
}

/// As Prometheus writes bounds, short enough for a label whatever it is.
fn bound(le: f64) -> String {
    let magnitude = le.abs();
    if le == 0.0 || (1e-6..1e15).contains(&magnitude) {
        le.to_string()
    } else {
        format!("{le:e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponential_buckets_merge_into_powers_of_two() {
        let mut fine = Exponential::new(0.0, 1.0);
        // At scale 1 the bounds are 1, 1.41, 2, 2.83, 4.
        for (index, count) in [(0, 1.0), (1, 2.0), (2, 3.0), (3, 4.0)] {
            fine.add_positive(1, index, count);
        }
        fine.add_negative(1, 2, 5.0);
        assert_eq!(
            fine.cumulative(),
            [(-2.0, 5.0), (0.0, 6.0), (2.0, 9.0), (4.0, 16.0)]
        );
        let mut coarse = Exponential::default();
        // At scale -1 the bounds are 1, 4, 16.
        coarse.add_positive(-1, 0, 1.0);
        coarse.add_positive(-1, 1, 2.0);
        assert_eq!(coarse.cumulative(), [(0.0, 0.0), (4.0, 1.0), (16.0, 3.0)]);
    }

    #[test]
    fn no_index_is_too_large() {
        let mut all = Exponential::default();
        for scale in [-11, 0, 20] {
            for index in [i64::MIN, -1, 0, i64::MAX - 1] {
                all.add_positive(scale, index, 1.0);
                all.add_negative(scale, index, 1.0);
            }
        }
        let bounds = all.cumulative();
        assert!(bounds.is_sorted_by(|a, b| a.0 <= b.0), "{bounds:?}");
        assert!(bounds.iter().all(|(le, _)| bound(*le).len() < 40));
    }
}
