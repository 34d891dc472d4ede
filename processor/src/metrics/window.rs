//! The newest points of a tenant's series that no page was shown yet. Bounded, whatever is pushed.

use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasher as _;

use contract::metric::{Packed, PackedSeries, Point, Series};
use foldhash::fast::RandomState;

/// Series that wait; what comes on top is left out, and pages see it when they read again.
const MAX_SERIES: usize = 4_096;
/// Newest points kept of a series.
const MAX_POINTS: usize = 16;
/// Roughly the size of one announcement.
const MAX_BYTES: usize = 128 * 1_024;

#[derive(Default)]
pub(super) struct Window {
    /// By a hash of name and labels: should two ever share one, pages see the second when they read again.
    waiting: HashMap<u64, Series, RandomState>,
    /// Whose turn it is, by the time they came.
    turns: VecDeque<u64>,
}

impl Window {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn add(&mut self, batch: &Packed) {
        let hasher = self.waiting.hasher().clone();
        let texts = batch.each_text(|text| hasher.hash_one(text));
        for series in batch.series() {
            self.add_one(series.hash_with(&hasher, &texts), series);
        }
    }

    fn add_one(&mut self, key: u64, series: PackedSeries<'_>) {
        if let Some(waiting) = self.waiting.get_mut(&key) {
            waiting.points.extend_from_slice(newest(series.points()));
            let surplus = waiting.points.len().saturating_sub(MAX_POINTS);
            waiting.points.drain(..surplus);
        } else if self.waiting.len() < MAX_SERIES {
            let mut series = series.to_series();
            let surplus = series.points.len().saturating_sub(MAX_POINTS);
            series.points.drain(..surplus);
            self.waiting.insert(key, series);
            self.turns.push_back(key);
        }
    }

    /// Takes those that wait longest, as many as one announcement holds.
    pub(super) fn next(&mut self) -> Vec<Series> {
        let mut size = 0;
        let mut shown = Vec::new();
        while size < MAX_BYTES {
            let Some(series) = self
                .turns
                .pop_front()
                .and_then(|key| self.waiting.remove(&key))
            else {
                break;
            };
            size += size_bytes(&series);
            shown.push(series);
        }
        shown
    }
}

fn newest(points: &[Point]) -> &[Point] {
    &points[points.len().saturating_sub(MAX_POINTS)..]
}

fn size_bytes(series: &Series) -> usize {
    let labels: usize = series
        .labels
        .iter()
        .map(|(name, value)| name.len() + value.len() + 6)
        .sum();
    64 + series.name.len() + labels + 32 * series.points.len()
}

#[cfg(test)]
mod tests {
    use contract::metric::Batch;

    use super::*;

    fn packed(series: Vec<Series>) -> Packed {
        Packed::from(&Batch {
            received_ms: 0,
            series,
        })
    }

    fn series(name: &str, points: &[(i64, f64)]) -> Series {
        Series {
            name: name.to_owned(),
            labels: [("host".to_owned(), "a".to_owned())].into(),
            kind: contract::metric::Kind::Gauge,
            unit: None,
            points: points.to_vec(),
        }
    }

    #[test]
    fn batches_of_a_series_become_one_entry_with_its_newest_points() {
        let mut window = Window::default();
        for n in 0..20 {
            window.add(&packed(vec![series("cpu", &[(n, 0.5)])]));
        }
        let shown = window.next();
        assert_eq!(shown.len(), 1);
        assert_eq!(shown[0].points.len(), MAX_POINTS);
        assert_eq!(shown[0].points.last(), Some(&(19, 0.5)));
        assert!(window.is_empty());
    }

    #[test]
    fn a_flood_is_shown_piece_by_piece_and_never_held_without_bound() {
        let mut window = Window::default();
        let flood: Vec<_> = (0..10_000)
            .map(|n| series(&format!("metric_{n}"), &[(1, 1.0)]))
            .collect();
        window.add(&packed(flood));
        let mut shown = 0;
        let mut pieces = 0;
        while !window.is_empty() {
            let piece = window.next();
            assert!(serde_json::to_vec(&piece).expect("plain data").len() < 2 * MAX_BYTES);
            shown += piece.len();
            pieces += 1;
        }
        assert_eq!(shown, MAX_SERIES);
        assert!(pieces > 1);
    }

    #[test]
    fn those_who_wait_longest_come_first() {
        let mut window = Window::default();
        let one = |name: &str, at| series(name, &[(at, 1.0)]);
        window.add(&packed(vec![one("first", 1), one("second", 1)]));
        window.add(&packed(vec![one("first", 2)]));
        let names: Vec<_> = window
            .next()
            .into_iter()
            .map(|series| series.name)
            .collect();
        assert_eq!(names, ["first", "second"]);
    }
}
