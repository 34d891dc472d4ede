use proptest::prelude::*;

use super::*;
use crate::rules::rollup::{HOUR_MS, MINUTE_MS};

fn checks() -> impl Strategy<Value = Vec<Check>> {
    let outcome = prop::sample::select(vec![Outcome::Success, Outcome::Failure, Outcome::Missed]);
    let check = (
        0..HOUR_MS,
        outcome,
        prop::option::of(0.0..60_000.0_f64),
        0.0..60_000.0_f64,
    );
    let check = check.prop_map(|(at_ms, outcome, dns_lookup_ms, total_ms)| Check {
        at_ms,
        outcome,
        timings: Timings {
            dns_lookup_ms,
            total_time_ms: Some(total_ms),
            ..Timings::default()
        },
    });
    prop::collection::vec(check, 0..300)
}

proptest! {
    #[test]
    fn a_row_is_read_as_it_was_written(checks in checks(), begin in 0..1_000_i64) {
        let begin_ms = begin * HOUR_MS;
        let moved: Vec<_> = checks.iter().map(|check| Check { at_ms: check.at_ms + begin_ms, ..*check }).collect();
        let row = tallies(&moved, MINUTE_MS);
        let packed = encode(begin_ms, MINUTE_MS, &row);
        prop_assert_eq!(&decode(begin_ms, MINUTE_MS, &packed).expect("readable"), &row);
        let only_counts = Packed { total: None, phases: None, ..packed };
        let counted = decode(begin_ms, MINUTE_MS, &only_counts).expect("readable");
        prop_assert!(counted.values().map(|tally| tally.counts).eq(row.values().map(|tally| tally.counts)));
    }

    #[test]
    fn an_hour_of_minutes_equals_the_hour_of_the_checks(checks in checks()) {
        let mut hours = Tallies::new();
        merge(&mut hours, &tallies(&checks, MINUTE_MS), HOUR_MS);
        prop_assert_eq!(hours, tallies(&checks, HOUR_MS));
    }

    #[test]
    fn damaged_bytes_are_an_error_or_a_row_and_never_a_panic(
        counts in prop::collection::vec(any::<u8>(), 0..80),
        phases in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        drop(decode(0, MINUTE_MS, &Packed { counts, total: Some(phases.clone()), phases: Some(phases) }));
    }
}

#[test]
fn a_failure_counts_and_says_nothing_of_how_long_a_success_takes() {
    let check = |outcome, total_ms| Check {
        at_ms: 0,
        outcome,
        timings: Timings {
            total_time_ms: Some(total_ms),
            ..Timings::default()
        },
    };
    let checks = [
        check(Outcome::Success, 100.0),
        check(Outcome::Failure, 10_000.0),
        check(Outcome::Missed, 1.0),
    ];
    let tally = sum(tallies(&checks, MINUTE_MS).values());
    assert_eq!(tally.counts.ratio(), Some(0.5));
    let quantiles = tally.quantiles_ms(Phase::TotalTime).expect("a success");
    assert!((quantiles.p99 - 100.0).abs() <= 1.0, "{quantiles:?}");
    assert_eq!(tally.quantiles_ms(Phase::DnsLookup), None);
    assert_eq!(Counts::default().ratio(), None);
}
