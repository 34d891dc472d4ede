//! Rows of `sample` in the binary format of COPY.

use std::collections::BTreeSet;

use super::rollup::{HOUR_MS, begin_of};

/// `PGCOPY`, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();
/// Three fields, each with its length.
const ROW_BYTES: usize = 2 + 3 * (4 + 8);
/// Unix microseconds of 2000-01-01, where Postgres begins to count.
const EPOCH_US: i64 = 946_684_800_000_000;

/// A row of `sample`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Row {
    pub(crate) series_id: i64,
    /// Unix milliseconds.
    pub(crate) ts_ms: i64,
    pub(crate) value: f64,
}

/// The begins of the UTC hours that rows fall into, in Unix milliseconds.
pub(crate) fn hours(rows: &[Row]) -> BTreeSet<i64> {
    let hour = |row: &Row| begin_of(row.ts_ms, HOUR_MS);
    let runs = rows.chunk_by(|left, right| hour(left) == hour(right));
    runs.map(|run| hour(&run[0])).collect()
}

/// Sorts by key and keeps the first value of each: what a batch says twice is said once, and an index likes order.
pub(crate) fn normalise(rows: &mut Vec<Row>) {
    rows.sort_by_key(|row| (row.series_id, row.ts_ms));
    rows.dedup_by_key(|row| (row.series_id, row.ts_ms));
}

/// A whole COPY of `(series_id, ts, value)`.
pub(crate) fn encode(rows: &[Row]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER.len() + rows.len() * ROW_BYTES + TRAILER.len());
    bytes.extend_from_slice(HEADER);
    for row in rows {
        let ts_us = row.ts_ms.saturating_mul(1_000).saturating_sub(EPOCH_US);
        bytes.extend_from_slice(&3_i16.to_be_bytes());
        for field in [
            row.series_id.to_be_bytes(),
            ts_us.to_be_bytes(),
            row.value.to_be_bytes(),
        ] {
            bytes.extend_from_slice(&8_i32.to_be_bytes());
            bytes.extend_from_slice(&field);
        }
    }
    bytes.extend_from_slice(&TRAILER);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_that_repeats_itself_keeps_the_first_value() {
        let row = |series_id, ts_ms, value| Row {
            series_id,
            ts_ms,
            value,
        };
        let mut rows = vec![
            row(2, 5, 1.0),
            row(1, 9, 2.0),
            row(2, 5, 3.0),
            row(1, 8, 4.0),
        ];
        normalise(&mut rows);
        assert_eq!(rows, [row(1, 8, 4.0), row(1, 9, 2.0), row(2, 5, 1.0)]);
    }

    #[test]
    fn a_row_is_encoded_as_postgres_reads_it() {
        let bytes = encode(&[Row {
            series_id: 7,
            ts_ms: 946_684_800_001,
            value: 1.5,
        }]);
        assert_eq!(bytes.len(), HEADER.len() + ROW_BYTES + TRAILER.len());
        assert_eq!(HEADER.len(), 19);
        let row = &bytes[HEADER.len()..];
        assert_eq!(row[..6], [0, 3, 0, 0, 0, 8]);
        assert_eq!(row[6..14], 7_i64.to_be_bytes());
        assert_eq!(row[18..26], 1_000_i64.to_be_bytes());
        assert_eq!(row[30..38], 1.5_f64.to_be_bytes());
    }
}
