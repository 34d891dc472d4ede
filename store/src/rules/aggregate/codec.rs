//! A row of aggregates as bytes: one column after another, since neighbours in time are alike.
//!
//! Version byte, number of aggregates, then columns: offset of the first point from the row's begin in milliseconds, time
//! from there to the last point, count, then sum, min, max, first, last and growth. A column of values that is equal to an earlier one
//! is written as a reference to it (a bucket of one sample has one value, not five).

use super::{Aggregate, Point};
use crate::rules::bytes::{Reader, Unreadable, put_column, put_number};

const VERSION: u8 = 1;
/// Most aggregates in a row: minutes of an hour; a day has 24 hours.
const MOST: usize = 60;
/// Marks a column of values that is written out; a smaller number is the earlier column it equals.
const OWN: u8 = 0xff;

/// Writes the aggregates of a row that begins at `begin_ms`, in the order of their times.
pub(crate) fn encode(begin_ms: i64, row: &[Aggregate]) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    put_number(&mut bytes, u64::try_from(row.len()).unwrap_or(u64::MAX));
    let numbers: [fn(&Aggregate, i64) -> u64; 3] = [
        |aggregate, begin_ms| distance(begin_ms, aggregate.first.at_ms),
        |aggregate, _| distance(aggregate.first.at_ms, aggregate.last.at_ms),
        |aggregate, _| aggregate.count,
    ];
    for number in numbers {
        let column: Vec<u64> = row.iter().map(|one| number(one, begin_ms)).collect();
        put_column(&mut bytes, &column);
    }
    let columns = VALUES.map(|value| row.iter().map(value).collect::<Vec<f64>>());
    for (place, column) in columns.iter().enumerate() {
        let same = |earlier: &Vec<f64>| {
            earlier
                .iter()
                .map(|v| v.to_bits())
                .eq(column.iter().map(|v| v.to_bits()))
        };
        if let Some(earlier) = columns[..place].iter().position(same) {
            bytes.push(u8::try_from(earlier).unwrap_or(OWN));
        } else {
            bytes.push(OWN);
            put_column(&mut bytes, column);
        }
    }
    bytes
}

/// Reads what [`encode`] wrote with the same `begin_ms`.
pub(crate) fn decode(begin_ms: i64, bytes: &[u8]) -> Result<Vec<Aggregate>, Unreadable> {
    let mut reader = Reader(bytes);
    if reader.byte()? != VERSION {
        return Err(Unreadable("unknown version of aggregates"));
    }
    let count = reader.count(MOST)?;
    let offsets: Vec<u64> = reader.column(count)?;
    let lengths: Vec<u64> = reader.column(count)?;
    let counts: Vec<u64> = reader.column(count)?;
    let mut columns: Vec<Vec<f64>> = Vec::with_capacity(VALUES.len());
    for _ in VALUES {
        let column = match reader.byte()? {
            OWN => reader.column(count)?,
            earlier => columns
                .get(usize::from(earlier))
                .ok_or(Unreadable("a column refers to none"))?
                .clone(),
        };
        columns.push(column);
    }
    let row = (0..count).map(|n| {
        let value = |column: usize| columns[column][n];
        let first_ms = begin_ms.checked_add_unsigned(offsets[n])?;
        let last_ms = first_ms.checked_add_unsigned(lengths[n])?;
        let point = |at_ms, value| Point { at_ms, value };
        Some(Aggregate {
            count: counts[n],
            sum: value(0),
            min: value(1),
            max: value(2),
            first: point(first_ms, value(3)),
            last: point(last_ms, value(4)),
            growth: value(5),
        })
    });
    row.collect::<Option<_>>()
        .ok_or(Unreadable("a time is out of range"))
}

const VALUES: [fn(&Aggregate) -> f64; 6] = [
    |one| one.sum,
    |one| one.min,
    |one| one.max,
    |one| one.first.value,
    |one| one.last.value,
    |one| one.growth,
];

fn distance(from_ms: i64, to_ms: i64) -> u64 {
    u64::try_from(to_ms.saturating_sub(from_ms)).unwrap_or_default()
}
