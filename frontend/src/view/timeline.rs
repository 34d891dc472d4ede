//! How the checks of a monitor ended over time, one row a region.

use contract::id::Region;
use contract::monitor::{ResponseTimes, State};

use crate::view::figure::{count, duration};
use crate::view::path::Frame;

/// A region's row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub region: Region,
    /// "1438 of 1440 checks succeeded, 2 failed"
    pub words: String,
    pub cells: Vec<Cell>,
}

/// A stretch of time in which all checks ended alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    pub state: State,
    /// 0 to 1 from the left.
    pub from: f64,
    pub width: f64,
    pub from_ms: i64,
    /// "failing for 14 min: 14 checks failed"
    pub words: String,
}

/// Successes, failures, missed ones.
type Counts = (u64, u64, u64);

/// The rows of an answer, between two instants in Unix milliseconds.
pub fn rows(times: &ResponseTimes, from_ms: i64, to_ms: i64) -> Vec<Row> {
    let frame = Frame {
        from_ms,
        to_ms,
        min: 0.0,
        max: 1.0,
    };
    let step_ms = times.step_ms.max(1);
    let rows = times.outcomes.iter().map(|outcomes| {
        let sum = outcomes.points.iter();
        let sum = sum.fold((0, 0, 0), |sum, &(_, ok, bad, missed)| {
            add(sum, (ok, bad, missed))
        });
        Row {
            region: outcomes.region.clone(),
            words: told(sum),
            cells: cells(&frame, &outcomes.points, step_ms),
        }
    });
    rows.collect()
}

fn cells(frame: &Frame, points: &[(i64, u64, u64, u64)], step_ms: i64) -> Vec<Cell> {
    let alike = points
        .chunk_by(|a, b| b.0 - a.0 <= step_ms && state((a.1, a.2, a.3)) == state((b.1, b.2, b.3)));
    let cells = alike.filter_map(|steps| {
        let (first, last) = (steps.first()?, steps.last()?);
        let counts = steps.iter();
        let counts = counts.fold((0, 0, 0), |sum, &(_, ok, bad, missed)| {
            add(sum, (ok, bad, missed))
        });
        let state = state(counts)?;
        let end_ms = last.0 + step_ms;
        let from = frame.across(first.0).clamp(0.0, 1.0);
        let to = frame.across(end_ms).clamp(0.0, 1.0);
        let length = duration((end_ms - first.0) / 1_000);
        Some(Cell {
            state,
            from,
            width: to - from,
            from_ms: first.0,
            words: format!("{} for {length}: {}", verb(state), told(counts)),
        })
    });
    cells.filter(|cell| cell.width > 0.0).collect()
}

/// What a step looks like; nothing where nothing was to be looked at.
fn state((ok, bad, missed): Counts) -> Option<State> {
    match (ok, bad, missed) {
        (0, 0, 0) => None,
        (0, 0, _) => Some(State::Unknown),
        (_, 0, _) => Some(State::Up),
        (0, ..) => Some(State::Down),
        _ => Some(State::Degraded),
    }
}

fn verb(state: State) -> &'static str {
    match state {
        State::Up => "answering",
        State::Down => "failing",
        State::Degraded => "failing now and then",
        _ => "not looked at",
    }
}

fn told((ok, bad, missed): Counts) -> String {
    let all = usize::try_from(ok + bad + missed).unwrap_or_default();
    let others = [(bad, "failed"), (missed, "missed")].into_iter();
    let others = others.filter(|(number, _)| *number > 0);
    let others: Vec<_> = others
        .map(|(number, what)| format!(", {number} {what}"))
        .collect();
    format!(
        "{ok} of {} succeeded{}",
        count(all, "check"),
        others.concat()
    )
}

fn add(a: Counts, b: Counts) -> Counts {
    (a.0 + b.0, a.1 + b.1, a.2 + b.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn row(points: &str) -> Row {
        let text = format!(
            r#"{{"resolution":"1m","step_ms":60000,"series":[],"outcomes":[{{"region":"a","points":{points}}}]}}"#
        );
        let times = serde_json::from_str(&text).expect("an answer");
        rows(&times, 0, 10 * MINUTE).remove(0)
    }

    #[test]
    fn steps_that_ended_alike_are_one_stretch() {
        let row = row("[[0,6,0,0],[60000,6,0,0],[120000,0,6,0],[180000,3,3,0],[240000,0,0,6]]");
        let cells: Vec<_> = row
            .cells
            .iter()
            .map(|cell| {
                (
                    cell.state,
                    (cell.from * 10.0).round(),
                    (cell.width * 10.0).round(),
                )
            })
            .collect();
        assert_eq!(
            cells,
            [
                (State::Up, 0.0, 2.0),
                (State::Down, 2.0, 1.0),
                (State::Degraded, 3.0, 1.0),
                (State::Unknown, 4.0, 1.0),
            ]
        );
        assert_eq!(row.words, "15 of 30 checks succeeded, 9 failed, 6 missed");
        assert_eq!(
            row.cells[1].words,
            "failing for 1 min: 0 of 6 checks succeeded, 6 failed"
        );
    }

    #[test]
    fn where_nothing_was_to_be_seen_there_is_a_gap() {
        let row = row("[[0,6,0,0],[300000,6,0,0]]");
        assert_eq!(row.cells.len(), 2);
    }

    #[test]
    fn what_lies_before_the_range_is_cut_off() {
        let row = row("[[-120000,6,0,0],[-60000,6,0,0],[0,6,0,0]]");
        assert_eq!((row.cells.len(), row.cells[0].from), (1, 0.0));
        assert!((row.cells[0].width - 0.1).abs() < 1e-9);
    }
}
