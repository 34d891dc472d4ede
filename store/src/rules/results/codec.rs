//! A row of tallies as bytes, in three columns, so that who only counts reads only counts: version byte, number of buckets, and
//! for each the number of its place in the row and its counts; the sketches of the total time; those of each other phase,
//! each list with its length before it.

use contract::probe::Phase;

use super::{Counts, Tallies, Tally};
use crate::rules::bytes::{Reader, Unreadable, put_number};
use crate::rules::sketch::{self, Sketch};

const VERSION: u8 = 1;
/// Most buckets in a row: minutes of an hour; a day has 24 hours.
const MOST: usize = 60;

/// A row as it is stored. Sketches may be absent where they were not read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Packed {
    pub(crate) counts: Vec<u8>,
    pub(crate) total: Option<Vec<u8>>,
    pub(crate) phases: Option<Vec<u8>>,
}

/// Writes the buckets of this width of a row that begins at `begin_ms`.
pub(crate) fn encode(begin_ms: i64, width_ms: i64, row: &Tallies) -> Packed {
    let mut counts = vec![VERSION];
    put_number(&mut counts, u64::try_from(row.len()).unwrap_or(u64::MAX));
    for (begin, tally) in row {
        let place = u64::try_from((begin - begin_ms) / width_ms).unwrap_or(u64::MAX);
        let Counts {
            success,
            failure,
            missed,
        } = tally.counts;
        for number in [place, success, failure, missed] {
            put_number(&mut counts, number);
        }
    }
    let column = |position: usize| -> Vec<u8> {
        let sketches: Vec<Sketch> = row
            .values()
            .map(|tally| tally.phases[position].clone())
            .collect();
        sketch::encode(&sketches)
    };
    let mut phases = Vec::new();
    for position in PARTS {
        let column = column(position);
        put_number(&mut phases, u64::try_from(column.len()).unwrap_or(u64::MAX));
        phases.extend(column);
    }
    Packed {
        counts,
        total: Some(column(TOTAL)),
        phases: Some(phases),
    }
}

/// Reads what [`encode`] wrote with the same begin and width.
pub(crate) fn decode(begin_ms: i64, width_ms: i64, row: &Packed) -> Result<Tallies, Unreadable> {
    let mut reader = Reader(&row.counts);
    if reader.byte()? != VERSION {
        return Err(Unreadable("unknown version of tallies"));
    }
    let count = reader.count(MOST)?;
    let mut tallies = Vec::with_capacity(count);
    for _ in 0..count {
        let place = i64::try_from(reader.count(MOST)?).unwrap_or_default();
        let counts = Counts {
            success: reader.number()?,
            failure: reader.number()?,
            missed: reader.number()?,
        };
        let tally = Tally {
            counts,
            ..Tally::default()
        };
        tallies.push((begin_ms + place * width_ms, tally));
    }
    if let Some(total) = &row.total {
        fill(&mut tallies, TOTAL, total)?;
    }
    if let Some(phases) = &row.phases {
        let mut reader = Reader(phases);
        for position in PARTS {
            let length = reader.count(reader.0.len())?;
            let (column, rest) = reader
                .0
                .split_at_checked(length)
                .ok_or(Unreadable("too short"))?;
            fill(&mut tallies, position, column)?;
            reader.0 = rest;
        }
    }
    Ok(tallies.into_iter().collect())
}

/// Where [`Phase::ALL`] has the total time, and where the phases it is made of.
const TOTAL: usize = Phase::ALL.len() - 1;
const PARTS: std::ops::Range<usize> = 0..TOTAL;

fn fill(tallies: &mut [(i64, Tally)], position: usize, column: &[u8]) -> Result<(), Unreadable> {
    let sketches = sketch::decode(column)?;
    if sketches.len() != tallies.len() {
        return Err(Unreadable("a column of sketches has another length"));
    }
    for ((_, tally), sketch) in tallies.iter_mut().zip(sketches) {
        tally.phases[position] = sketch;
    }
    Ok(())
}
