//! SVG paths in a square of [`SIZE`] units that is stretched over the plot.

use std::fmt::Write;

/// Width and height of the drawing's own coordinates.
pub const SIZE: f64 = 1_000.0;

/// The part of the world a plot shows. Times are Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    pub from_ms: i64,
    pub to_ms: i64,
    pub min: f64,
    pub max: f64,
}

impl Frame {
    /// How far an instant is from the left edge, 0 to 1 inside the frame.
    pub fn across(&self, at_ms: i64) -> f64 {
        exact(at_ms - self.from_ms) / exact((self.to_ms - self.from_ms).max(1))
    }

    /// How far a value is above the bottom edge, 0 to 1 inside the frame.
    pub fn up(&self, value: f64) -> f64 {
        (value - self.min) / (self.max - self.min).max(f64::MIN_POSITIVE)
    }

    /// The instant at a distance from the left edge, 0 to 1.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a pixel is coarser than a millisecond"
    )]
    pub fn instant(&self, across: f64) -> i64 {
        self.from_ms + (exact(self.to_ms - self.from_ms) * across.clamp(0.0, 1.0)) as i64
    }

    fn point(&self, at_ms: i64, value: f64) -> (f64, f64) {
        (self.across(at_ms) * SIZE, (1.0 - self.up(value)) * SIZE)
    }
}

/// A line through points in the order of time. It breaks where points are missing: a gap is not a straight line.
pub fn line(frame: &Frame, points: &[(i64, f64)]) -> String {
    joined(frame, points, gap_ms(points.iter().map(|point| point.0)))
}

fn joined(frame: &Frame, points: &[(i64, f64)], gap: i64) -> String {
    let mut path = String::new();
    let mut last = None;
    for &(at, value) in points {
        let joined = last.is_some_and(|last| at - last <= gap);
        step(&mut path, joined, frame.point(at, value));
        last = Some(at);
    }
    path
}

/// The area between two values at each instant, in pieces where points are missing.
pub fn band(frame: &Frame, points: &[(i64, f64, f64)]) -> String {
    let gap = gap_ms(points.iter().map(|point| point.0));
    points
        .chunk_by(|a, b| b.0 - a.0 <= gap)
        .fold(String::new(), |mut path, piece| {
            let upper = piece.iter().map(|&(at, _, high)| frame.point(at, high));
            let lower = piece.iter().rev().map(|&(at, low, _)| frame.point(at, low));
            for (index, point) in upper.chain(lower).enumerate() {
                step(&mut path, index > 0, point);
            }
            path.push('Z');
            path
        })
}

/// A small line without axes, from the lowest to the highest of its own values. It never breaks: results of several
/// regions come in clusters.
pub fn sparkline(points: &[(i64, f64)]) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return String::new();
    };
    let (low, high) = extent(points.iter().map(|point| point.1));
    let room = ((high - low) * 0.1).max(high.abs() * 0.02);
    let frame = Frame {
        from_ms: first.0,
        to_ms: last.0,
        min: low - room,
        max: high + room,
    };
    joined(&frame, points, i64::MAX)
}

/// The lowest and the highest of the values; `(inf, -inf)` when there are none.
pub fn extent(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    })
}

/// Longest distance of neighbours that are joined: three times the usual one.
fn gap_ms(times: impl Iterator<Item = i64>) -> i64 {
    let times: Vec<i64> = times.collect();
    let mut distances: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    distances.sort_unstable();
    distances
        .get(distances.len() / 2)
        .map_or(i64::MAX, |usual| usual.saturating_mul(3).max(1))
}

fn step(path: &mut String, joined: bool, (x, y): (f64, f64)) {
    let command = if joined { 'L' } else { 'M' };
    // Writing to a String cannot fail.
    let _ = write!(path, "{command}{x:.1} {y:.1}");
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of any year are far below 2^52"
)]
fn exact(ms: i64) -> f64 {
    ms as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame {
        from_ms: 0,
        to_ms: 100,
        min: 0.0,
        max: 10.0,
    };

    #[test]
    fn a_line_runs_from_left_to_right_and_upwards() {
        assert_eq!(
            line(&FRAME, &[(0, 0.0), (50, 5.0), (100, 10.0)]),
            "M0.0 1000.0L500.0 500.0L1000.0 0.0"
        );
    }

    #[test]
    fn a_gap_is_not_a_straight_line() {
        let path = line(
            &FRAME,
            &[(0, 1.0), (10, 1.0), (20, 1.0), (80, 1.0), (90, 1.0)],
        );
        assert_eq!(path.matches('M').count(), 2, "{path}");
    }

    #[test]
    fn a_band_is_closed() {
        assert_eq!(
            band(&FRAME, &[(0, 0.0, 10.0), (100, 5.0, 5.0)]),
            "M0.0 0.0L1000.0 500.0L1000.0 500.0L0.0 1000.0Z"
        );
    }

    #[test]
    fn an_instant_is_the_inverse_of_across() {
        assert_eq!(FRAME.instant(FRAME.across(30)), 30);
    }

    #[test]
    fn nothing_draws_nothing() {
        assert_eq!(line(&FRAME, &[]), "");
        assert_eq!(band(&FRAME, &[]), "");
        assert_eq!(sparkline(&[]), "");
    }
}
