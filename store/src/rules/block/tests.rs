use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn a_block_is_read_as_it_was_written(
        begin_ms in 0..2_000_000_000_000_i64,
        points in prop::collection::btree_map(0..3_600_000_i64, prop::num::f64::NORMAL | prop::num::f64::ZERO, 0..400),
    ) {
        let points: Vec<Point> = points.into_iter().map(|(offset, value)| Point { at_ms: begin_ms + offset, value }).collect();
        let read = decode(begin_ms, &encode(begin_ms, &points)).expect("readable");
        prop_assert_eq!(read.len(), points.len());
        for (read, written) in read.iter().zip(&points) {
            prop_assert_eq!((read.at_ms, read.value.to_bits()), (written.at_ms, written.value.to_bits()));
        }
    }

    #[test]
    fn damaged_bytes_are_an_error_or_points_and_never_a_panic(
        noise in prop::collection::vec(any::<u8>(), 0..300),
        at in any::<prop::sample::Index>(),
        value in any::<u8>(),
    ) {
        let points: Vec<Point> = (0..360_i32).map(|n| Point { at_ms: i64::from(n) * 10_000 + i64::from(n % 3), value: f64::from(n * n % 91) / 10.0 }).collect();
        let mut bytes = encode(0, &points);
        let at = at.index(bytes.len());
        bytes[at] = value;
        for bytes in [&noise[..], &bytes, &bytes[..at]] {
            drop(decode(0, bytes));
        }
    }
}
