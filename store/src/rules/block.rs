//! The samples of a series and an hour as bytes: version byte, count, then the column of offsets from the hour's begin in
//! milliseconds and the column of values, each compressed losslessly.

#[cfg(test)]
mod tests;

use super::aggregate::Point;
use super::bytes::{Reader, Unreadable, put_column, put_number};

const VERSION: u8 = 1;
/// One for each millisecond of an hour.
const MOST: usize = 3_600_000;

/// Writes points in the order of their times, none before `begin_ms`.
pub(crate) fn encode(begin_ms: i64, points: &[Point]) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    put_number(&mut bytes, u64::try_from(points.len()).unwrap_or(u64::MAX));
    let offset =
        |point: &Point| u64::try_from(point.at_ms.saturating_sub(begin_ms)).unwrap_or_default();
    put_column(&mut bytes, &points.iter().map(offset).collect::<Vec<u64>>());
    put_column(
        &mut bytes,
        &points.iter().map(|point| point.value).collect::<Vec<f64>>(),
    );
    bytes
}

/// Reads what [`encode`] wrote with the same `begin_ms`.
pub(crate) fn decode(begin_ms: i64, bytes: &[u8]) -> Result<Vec<Point>, Unreadable> {
    let mut reader = Reader(bytes);
    if reader.byte()? != VERSION {
        return Err(Unreadable("unknown version of a block"));
    }
    let count = reader.count(MOST)?;
    let offsets: Vec<u64> = reader.column(count)?;
    let values: Vec<f64> = reader.column(count)?;
    let point = |(offset, value)| {
        Some(Point {
            at_ms: begin_ms.checked_add_unsigned(offset)?,
            value,
        })
    };
    let points = offsets.into_iter().zip(values).map(point);
    points
        .collect::<Option<_>>()
        .ok_or(Unreadable("a time is out of range"))
}
