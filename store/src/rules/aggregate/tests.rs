use proptest::prelude::*;

use super::*;

/// Whole numbers, so that sums are exact.
fn points(values: &[i32]) -> Vec<Point> {
    let timed = values.iter().zip(0_i64..);
    timed
        .map(|(&value, n)| Point {
            at_ms: n * 1_000,
            value: f64::from(value),
        })
        .collect()
}

proptest! {
    #[test]
    fn merging_is_associative_and_equals_the_whole(
        values in prop::collection::vec(any::<i32>(), 3..200),
        cuts in (0.0..1.0_f64, 0.0..1.0_f64),
    ) {
        let all = points(&values);
        let cut = |share: f64, from: usize, to: usize| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "small positive numbers")]
            let at = from + ((to - from) as f64 * share) as usize;
            at.clamp(from + 1, to)
        };
        let one = cut(cuts.0, 0, all.len() - 2);
        let two = cut(cuts.1, one, all.len() - 1);
        let part = |points: &[Point]| Aggregate::of(points).expect("points");
        let (a, b, c) = (part(&all[..one]), part(&all[one..two]), part(&all[two..]));
        prop_assert_eq!(a.merge(&b).merge(&c), a.merge(&b.merge(&c)));
        prop_assert_eq!(a.merge(&b), b.merge(&a));
        prop_assert_eq!(a.merge(&b).merge(&c), part(&all));
    }

    #[test]
    fn sums_of_fractions_agree_but_for_rounding(values in prop::collection::vec(-1e6..1e6_f64, 2..200)) {
        let all: Vec<Point> = values.iter().zip(0_i64..).map(|(&value, at_ms)| Point { at_ms, value }).collect();
        let (left, right) = all.split_at(all.len() / 2);
        let merged = Aggregate::of(left).expect("points").merge(&Aggregate::of(right).expect("points"));
        let whole = Aggregate::of(&all).expect("points");
        prop_assert!((merged.sum - whole.sum).abs() <= 1e-6, "{} {}", merged.sum, whole.sum);
        prop_assert!((merged.growth - whole.growth).abs() <= 1e-6);
    }

    #[test]
    fn a_row_is_read_as_it_was_written(
        begin_ms in 0..2_000_000_000_000_i64,
        values in prop::collection::vec(prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO, 1..5), 0..=60),
    ) {
        let row: Vec<Aggregate> = values
            .iter()
            .zip(0_i64..)
            .filter_map(|(values, minute)| {
                let points = values.iter().zip(0_i64..).map(|(&value, n)| Point { at_ms: begin_ms + minute * 60_000 + n * 777, value });
                Aggregate::of(&points.collect::<Vec<_>>())
            })
            .collect();
        // Sums of huge numbers may be infinite or not a number: compare bits.
        let bits = |row: &[Aggregate]| format!("{row:?}");
        prop_assert_eq!(bits(&decode(begin_ms, &encode(begin_ms, &row)).expect("readable")), bits(&row));
    }

    #[test]
    fn damaged_bytes_are_an_error_or_a_row_and_never_a_panic(
        noise in prop::collection::vec(any::<u8>(), 0..300),
        at in any::<prop::sample::Index>(),
        value in any::<u8>(),
    ) {
        drop(decode(0, &noise));
        let row: Vec<Aggregate> = (0..60).filter_map(|n: i32| {
            let begin_ms = i64::from(n) * 60_000;
            Aggregate::of(&[Point { at_ms: begin_ms, value: f64::from(n) }, Point { at_ms: begin_ms + 9, value: f64::from(n % 7) * 0.1 }])
        }).collect();
        let mut bytes = encode(0, &row);
        let at = at.index(bytes.len());
        bytes[at] = value;
        drop(decode(0, &bytes));
        drop(decode(0, &bytes[..at]));
    }
}

#[test]
fn a_counter_that_started_again_grew_by_its_new_value() {
    let whole = Aggregate::of(&points(&[5, 8, 2, 3])).expect("points");
    assert!((whole.growth - 6.0).abs() < f64::EPSILON, "{whole:?}");
}
