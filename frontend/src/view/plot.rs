//! A chart before it is drawn: its lines, its axes, and what stands at the cursor.

use crate::view::figure::quantity;
use crate::view::path::{self, Frame, extent};
use crate::view::{axis, time};

/// One line of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub label: String,
    /// (Unix milliseconds, value), oldest first.
    pub points: Vec<(i64, f64)>,
}

/// Lines over a span of time, with an area behind them if there is one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plot {
    pub from_ms: i64,
    pub to_ms: i64,
    /// UCUM, as senders give it.
    pub unit: Option<String>,
    pub lines: Vec<Line>,
    /// (Unix milliseconds, low, high), oldest first.
    pub band: Vec<(i64, f64, f64)>,
    /// Values that are drawn across, such as where a rule fires.
    pub limits: Vec<f64>,
    /// Stretches of time that are marked, in Unix milliseconds.
    pub shades: Vec<(i64, i64)>,
}

/// A label on an axis, and where: 0 at the left or bottom, 1 at the right or top.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    pub at: f64,
    pub label: String,
}

/// What stands at the cursor.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub at_ms: i64,
    /// The cursor's place, 0 to 1 from the left.
    pub across: f64,
    /// Index of the line, its label, its value with unit.
    pub values: Vec<(usize, String, String)>,
}

const STEPS_UP: u32 = 4;

impl Plot {
    pub fn is_empty(&self) -> bool {
        self.lines.iter().all(|line| line.points.is_empty())
    }

    /// The frame that holds every value. It starts at zero unless the values stay far from it.
    pub fn frame(&self) -> Frame {
        let ticks = self.ticks();
        Frame {
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            min: ticks.first().copied().unwrap_or(0.0),
            max: ticks.last().copied().unwrap_or(1.0),
        }
    }

    /// The marks beside the plot, from bottom to top.
    pub fn marks_up(&self) -> Vec<Mark> {
        let frame = self.frame();
        // A word such as `{request}` would not fit; the legend has it.
        let unit = self.unit.as_deref().filter(|unit| !unit.starts_with('{'));
        let mark = |tick| Mark {
            at: frame.up(tick),
            label: quantity(tick, unit),
        };
        self.ticks().into_iter().map(mark).collect()
    }

    /// The marks below the plot, from left to right, in a zone that is `offset_minutes` from UTC.
    pub fn marks_across(&self, offset_minutes: i32, count: i64) -> Vec<Mark> {
        let frame = self.frame();
        let (ticks, step) = axis::times(self.from_ms, self.to_ms, offset_minutes, count);
        ticks
            .into_iter()
            .map(|at| Mark {
                at: frame.across(at),
                label: time::tick(at, offset_minutes, step),
            })
            .collect()
    }

    /// The values nearest to a place, 0 to 1 from the left; none where nothing was drawn.
    pub fn read(&self, across: f64) -> Option<Reading> {
        let frame = self.frame();
        let wanted = frame.instant(across);
        let at_ms = self
            .lines
            .iter()
            .filter_map(|line| nearest(&line.points, wanted))
            .min_by_key(|point| (point.0 - wanted).abs())?
            .0;
        let values = self.lines.iter().enumerate().filter_map(|(index, line)| {
            let (at, value) = nearest(&line.points, at_ms)?;
            let close = (at - at_ms).abs() <= (self.to_ms - self.from_ms) / 100;
            close.then(|| {
                (
                    index,
                    line.label.clone(),
                    quantity(value, self.unit.as_deref()),
                )
            })
        });
        Some(Reading {
            at_ms,
            across: frame.across(at_ms),
            values: values.collect(),
        })
    }

    /// The instant of the newest point.
    pub fn last_ms(&self) -> Option<i64> {
        let lines = self.lines.iter();
        let ends = lines.filter_map(|line| line.points.last());
        ends.map(|point| point.0).max()
    }

    /// The shortest distance between two points of a line; zero where there are no two.
    pub fn step_ms(&self) -> i64 {
        let lines = self.lines.iter();
        let steps = lines.flat_map(|line| line.points.windows(2).map(|pair| pair[1].0 - pair[0].0));
        steps.filter(|step| *step > 0).min().unwrap_or_default()
    }

    /// The path of a line.
    pub fn path(&self, index: usize) -> String {
        let frame = self.frame();
        self.lines
            .get(index)
            .map_or_else(String::new, |line| path::line(&frame, &line.points))
    }

    /// Where the limits are, 0 at the bottom, 1 at the top.
    pub fn limits_up(&self) -> Vec<f64> {
        let frame = self.frame();
        self.limits.iter().map(|limit| frame.up(*limit)).collect()
    }

    /// The marked stretches as begin and width, 0 to 1 from the left. What is short can be seen all the same.
    pub fn shades_across(&self) -> Vec<(f64, f64)> {
        let frame = self.frame();
        let inside = self.shades.iter().filter_map(|&(from, to)| {
            let from = frame.across(from).clamp(0.0, 1.0);
            let to = frame.across(to).clamp(0.0, 1.0);
            (to > from || (from > 0.0 && from < 1.0)).then_some((from, (to - from).max(0.002)))
        });
        inside.collect()
    }

    /// The stretch between two places, 0 to 1 from the left, in Unix milliseconds.
    pub fn stretch(&self, one: f64, other: f64) -> (i64, i64) {
        let frame = self.frame();
        (frame.instant(one.min(other)), frame.instant(one.max(other)))
    }

    /// The path of the area behind the lines.
    pub fn area(&self) -> String {
        path::band(&self.frame(), &self.band)
    }

    fn ticks(&self) -> Vec<f64> {
        let lines = self.lines.iter().flat_map(|line| &line.points);
        let band = self.band.iter().flat_map(|(_, low, high)| [*low, *high]);
        let limits = self.limits.iter().copied();
        let (low, high) = extent(lines.map(|point| point.1).chain(band).chain(limits));
        let low = if low > 0.0 && low < high * 0.8 {
            0.0
        } else {
            low
        };
        match self.unit.as_deref() {
            Some("By" | "By/s") if low >= 0.0 && high.is_finite() => {
                axis::byte_values(high, STEPS_UP)
            }
            _ => axis::values(low, high, STEPS_UP),
        }
    }
}

fn nearest(points: &[(i64, f64)], wanted: i64) -> Option<(i64, f64)> {
    let after = points.partition_point(|point| point.0 < wanted);
    let candidates = points.get(after.saturating_sub(1)..points.len().min(after + 1))?;
    candidates
        .iter()
        .copied()
        .min_by_key(|point| (point.0 - wanted).abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(points: &[(i64, f64)]) -> Plot {
        Plot {
            from_ms: 0,
            to_ms: 1_000,
            unit: Some("ms".to_owned()),
            lines: vec![Line {
                label: "a".to_owned(),
                points: points.to_vec(),
            }],
            ..Plot::default()
        }
    }

    #[test]
    fn axes_carry_units() {
        let labels: Vec<_> = plot(&[(0, 5.0), (1_000, 130.0)])
            .marks_up()
            .into_iter()
            .map(|mark| mark.label)
            .collect();
        assert_eq!(labels, ["0 ms", "50 ms", "100 ms", "150 ms"]);
    }

    #[test]
    fn the_cursor_reads_the_nearest_point() {
        let reading = plot(&[(0, 5.0), (400, 7.0), (1_000, 9.0)])
            .read(0.5)
            .expect("a point");
        assert_eq!(reading.at_ms, 400);
        assert_eq!(reading.values, [(0, "a".to_owned(), "7 ms".to_owned())]);
    }

    #[test]
    fn the_last_point_and_the_step_are_those_of_what_is_drawn() {
        let drawn = plot(&[(0, 5.0), (400, 7.0), (1_000, 9.0)]);
        assert_eq!((drawn.last_ms(), drawn.step_ms()), (Some(1_000), 400));
        assert_eq!(
            (plot(&[]).last_ms(), plot(&[(5, 1.0)]).step_ms()),
            (None, 0)
        );
    }

    #[test]
    fn what_is_marked_stays_inside_and_can_be_seen() {
        let marked = Plot {
            limits: vec![150.0],
            shades: vec![(-500, 250), (500, 500), (2_000, 3_000)],
            ..plot(&[(0, 0.0), (1_000, 100.0)])
        };
        assert_eq!(marked.shades_across(), [(0.0, 0.25), (0.5, 0.002)]);
        assert_eq!(marked.limits_up(), [1.0]);
        assert_eq!(marked.stretch(0.75, 0.25), (250, 750));
    }

    #[test]
    fn an_empty_plot_reads_nothing_and_still_has_axes() {
        let empty = plot(&[]);
        assert!(empty.is_empty() && empty.read(0.5).is_none());
        assert!(!empty.marks_up().is_empty());
    }
}
