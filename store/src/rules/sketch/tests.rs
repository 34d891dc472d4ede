use proptest::prelude::*;

use super::*;

/// The value at the rank the sketch looks for.
fn exact(values: &[f64], quantile: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "small positive numbers"
    )]
    let rank = (quantile * (sorted.len() - 1) as f64) as usize;
    sorted[rank]
}

fn finite() -> impl Strategy<Value = f64> {
    prop_oneof![
        -1e3..1e3_f64,
        prop::num::f64::NORMAL,
        Just(0.0),
        Just(f64::MAX),
        Just(f64::MIN),
        Just(SMALLEST),
    ]
}

proptest! {
    #[test]
    fn a_quantile_is_within_its_promise(
        parts in prop::collection::vec(prop::collection::vec(finite(), 1..40), 1..6),
        quantile in 0.0..=1.0_f64,
    ) {
        let mut merged = Sketch::default();
        for part in &parts {
            merged.merge(&Sketch::of(part.iter().copied()));
        }
        let all: Vec<f64> = parts.concat();
        let (found, exact) = (merged.quantile(quantile).expect("values"), exact(&all, quantile));
        let allowed = (exact.abs() * RELATIVE_ERROR * (1.0 + 1e-9)).max(SMALLEST);
        prop_assert!((found - exact).abs() <= allowed, "{} instead of {}", found, exact);
    }

    #[test]
    fn merging_is_associative_and_equals_the_whole(
        a in prop::collection::vec(finite(), 0..40),
        b in prop::collection::vec(finite(), 0..40),
        c in prop::collection::vec(finite(), 0..40),
    ) {
        let part = |values: &[f64]| Sketch::of(values.iter().copied());
        let merged = |left: &Sketch, right: &Sketch| {
            let mut merged = left.clone();
            merged.merge(right);
            merged
        };
        let whole = part(&[a.as_slice(), &b, &c].concat());
        let (a, b, c) = (part(&a), part(&b), part(&c));
        prop_assert_eq!(&merged(&merged(&a, &b), &c), &whole);
        prop_assert_eq!(&merged(&a, &merged(&b, &c)), &whole);
    }

    #[test]
    fn a_row_is_read_as_it_was_written(row in prop::collection::vec(prop::collection::vec(finite(), 0..20), 0..=60)) {
        let row: Vec<Sketch> = row.into_iter().map(Sketch::of).collect();
        prop_assert_eq!(decode(&encode(&row)).expect("readable"), row);
    }

    #[test]
    fn damaged_bytes_are_an_error_or_a_row_and_never_a_panic(
        noise in prop::collection::vec(any::<u8>(), 0..200),
        at in any::<prop::sample::Index>(),
        value in any::<u8>(),
    ) {
        let mut bytes = encode(&[Sketch::of([1.0, -2.0, 3.5, 0.0]), Sketch::default(), Sketch::of([1e300])]);
        let at = at.index(bytes.len());
        bytes[at] = value;
        for bytes in [&noise[..], &bytes, &bytes[..at]] {
            for sketch in decode(bytes).unwrap_or_default() {
                sketch.quantile(0.5);
            }
        }
    }
}

#[test]
fn nothing_has_no_quantile() {
    assert_eq!(Sketch::default().quantile(0.5), None);
}
