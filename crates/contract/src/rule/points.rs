//! The points a rule looks at: those of the series of one group, as far back as its condition reaches.

use std::collections::{BTreeMap, VecDeque};

use crate::metric::Labels;
use crate::query::Aggregate;

pub use crate::metric::Point;

/// Newest points kept of one series, whatever is pushed.
const MAX_POINTS: usize = 10_000;
/// Newest points kept of all series of a group together, each having its share.
const MAX_GROUP_POINTS: usize = 200_000;

/// The points of a group, by series.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group {
    series: BTreeMap<Labels, VecDeque<Point>>,
    /// The newest point there ever was, also after it was dropped.
    newest: Option<Point>,
}

/// A half-open stretch of time, `after` exclusive, `to` inclusive, in Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub after: i64,
    pub to: i64,
}

impl Group {
    /// Takes points in, in any order. One that is there already changes nothing.
    pub fn add(&mut self, series: &Labels, points: &[Point]) {
        if !self.series.contains_key(series) {
            self.series.insert(series.clone(), VecDeque::new());
        }
        let share = (MAX_GROUP_POINTS / self.series.len().max(1)).clamp(1, MAX_POINTS);
        let Some(kept) = self.series.get_mut(series) else {
            return;
        };
        for point in points {
            insert(kept, *point);
            if self.newest.is_none_or(|(at, _)| at <= point.0) {
                self.newest = Some(*point);
            }
        }
        let surplus = kept.len().saturating_sub(share);
        kept.drain(..surplus);
    }

    /// Drops what nobody will look at any more.
    pub fn drop_before(&mut self, ms: i64) {
        self.series.retain(|_, points| {
            let old = points.partition_point(|(at, _)| *at < ms);
            points.drain(..old);
            !points.is_empty()
        });
    }

    pub fn newest(&self) -> Option<Point> {
        self.newest
    }

    /// The newest value of each series.
    pub fn newest_of_each(&self) -> impl Iterator<Item = f64> + '_ {
        self.series
            .values()
            .filter_map(|points| Some(points.back()?.1))
    }

    /// All points of a stretch, series by series.
    pub fn within(&self, stretch: Stretch) -> impl Iterator<Item = Point> + '_ {
        self.series
            .values()
            .flat_map(move |points| slice(points, stretch))
    }

    /// What the points of a stretch become together; `None` where there is none, or no rate can be told.
    pub fn aggregate(&self, aggregate: Aggregate, stretch: Stretch) -> Option<f64> {
        let values = || self.within(stretch).map(|(_, value)| value);
        match aggregate {
            Aggregate::None | Aggregate::Avg => mean(values()),
            Aggregate::Min => values().reduce(f64::min),
            Aggregate::Max => values().reduce(f64::max),
            Aggregate::Sum => values().reduce(|sum, value| sum + value),
            Aggregate::Count => Some(count(values())),
            Aggregate::Rate => self.rate(stretch),
            Aggregate::P50 => quantile(values(), 0.5),
            Aggregate::P95 => quantile(values(), 0.95),
            Aggregate::P99 => quantile(values(), 0.99),
        }
    }

    /// Growth per second of all series together. A series that falls began again at zero.
    fn rate(&self, stretch: Stretch) -> Option<f64> {
        let rates = self.series.values().filter_map(|points| {
            let points: Vec<Point> = slice(points, stretch).collect();
            let (first, last) = (points.first()?.0, points.last()?.0);
            let growth: f64 = points
                .windows(2)
                .map(|pair| grown(pair[0].1, pair[1].1))
                .sum();
            (last > first).then(|| growth / seconds(last - first))
        });
        rates.reduce(|sum, rate| sum + rate)
    }
}

fn insert(points: &mut VecDeque<Point>, point: Point) {
    if points.back().is_none_or(|(last, _)| *last < point.0) {
        points.push_back(point);
        return;
    }
    if let Err(position) = points.binary_search_by_key(&point.0, |(at, _)| *at) {
        points.insert(position, point);
    }
}

fn slice(points: &VecDeque<Point>, stretch: Stretch) -> impl Iterator<Item = Point> + '_ {
    let begin = points.partition_point(|(at, _)| *at <= stretch.after);
    let end = points.partition_point(|(at, _)| *at <= stretch.to);
    points.range(begin..end.max(begin)).copied()
}

fn grown(before: f64, after: f64) -> f64 {
    if after >= before {
        after - before
    } else {
        after
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values {
        sum += value;
        count += 1.0;
    }
    (count > 0.0).then_some(sum / count)
}

/// The value that a share of all do not exceed.
pub(super) fn quantile(values: impl Iterator<Item = f64>, share: f64) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a position in a short list"
    )]
    let rank = (values.len() as f64 * share).ceil() as usize;
    values.get(rank.saturating_sub(1)).copied()
}

#[expect(clippy::cast_precision_loss, reason = "few points")]
fn count(values: impl Iterator<Item = f64>) -> f64 {
    values.count() as f64
}

#[expect(clippy::cast_precision_loss, reason = "a stretch of days at most")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Stretch = Stretch {
        after: 0,
        to: 1_000_000,
    };

    fn group(points: &[Point]) -> Group {
        let mut group = Group::default();
        group.add(&Labels::new(), points);
        group
    }

    #[test]
    fn points_come_in_any_order_and_count_once() {
        let group = group(&[(3, 3.0), (1, 1.0), (3, 9.0), (2, 2.0)]);
        let points: Vec<_> = group.within(ALL).collect();
        assert_eq!(points, [(1, 1.0), (2, 2.0), (3, 3.0)]);
        let stretch = Stretch { after: 1, to: 2 };
        assert_eq!(group.aggregate(Aggregate::Sum, stretch), Some(2.0));
    }

    #[test]
    fn a_counter_that_begins_again_still_grows() {
        let group = group(&[(1_000, 5.0), (2_000, 9.0), (3_000, 2.0)]);
        assert_eq!(group.aggregate(Aggregate::Rate, ALL), Some(3.0));
    }

    #[test]
    fn without_points_there_is_no_value() {
        let mut group = group(&[(1_000, 5.0)]);
        group.drop_before(2_000);
        assert_eq!(group.aggregate(Aggregate::Avg, ALL), None);
        assert_eq!(group.aggregate(Aggregate::P95, ALL), None);
        assert_eq!(group.newest(), Some((1_000, 5.0)));
    }

    #[test]
    fn a_quantile_is_a_measured_value() {
        let values = || (1..=100).map(f64::from);
        assert_eq!(quantile(values(), 0.95), Some(95.0));
        assert_eq!(quantile(values(), 0.5), Some(50.0));
    }
}
