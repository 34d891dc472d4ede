//! A row of sketches as bytes: version byte, number of sketches, then each as the number of its counters, the first key as
//! the difference to that of the sketch before, and for each counter the distance to the key before and the count.

use std::collections::BTreeMap;

use super::Sketch;
use crate::rules::bytes::{Reader, Unreadable, put_number, put_signed};

const VERSION: u8 = 1;
/// Most sketches in a row: minutes of an hour.
const MOST: usize = 60;
/// No finite number has a larger key.
const LARGEST_KEY: i64 = 1 << 16;

/// Writes sketches in the order of their aggregates.
pub(crate) fn encode(row: &[Sketch]) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    put_number(&mut bytes, u64::try_from(row.len()).unwrap_or(u64::MAX));
    let mut before = 0;
    for sketch in row {
        put_number(
            &mut bytes,
            u64::try_from(sketch.counters.len()).unwrap_or(u64::MAX),
        );
        let Some((&first, _)) = sketch.counters.first_key_value() else {
            continue;
        };
        put_signed(&mut bytes, i64::from(first) - before);
        before = i64::from(first);
        let mut last = before;
        for (&key, &count) in &sketch.counters {
            put_signed(&mut bytes, i64::from(key) - last);
            put_number(&mut bytes, count);
            last = i64::from(key);
        }
    }
    bytes
}

/// Reads what [`encode`] wrote.
pub(crate) fn decode(bytes: &[u8]) -> Result<Vec<Sketch>, Unreadable> {
    let mut reader = Reader(bytes);
    if reader.byte()? != VERSION {
        return Err(Unreadable("unknown version of sketches"));
    }
    let count = reader.count(MOST)?;
    let mut first = 0;
    (0..count)
        .map(|_| sketch(&mut reader, &mut first))
        .collect()
}

fn sketch(reader: &mut Reader<'_>, first: &mut i64) -> Result<Sketch, Unreadable> {
    let length = reader.count(reader.0.len())?;
    if length == 0 {
        return Ok(Sketch::default());
    }
    let step = |from: i64, by: i64| {
        let key = from.checked_add(by).filter(|key| key.abs() <= LARGEST_KEY);
        key.ok_or(Unreadable("a key is out of range"))
    };
    *first = step(*first, reader.signed()?)?;
    let mut key = *first;
    let mut counters = BTreeMap::new();
    for _ in 0..length {
        key = step(key, reader.signed()?)?;
        counters.insert(i32::try_from(key).unwrap_or_default(), reader.number()?);
    }
    Ok(Sketch { counters })
}
