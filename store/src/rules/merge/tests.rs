use std::collections::BTreeMap;

use contract::query::Aggregate as Wanted;
use proptest::prelude::*;

use super::*;
use crate::rules::answer::{self, Answer, Points};
use crate::rules::rollup::{DAY_MS, HOUR_MS, MINUTE_MS, buckets};
use crate::rules::sketch::RELATIVE_ERROR;

const ALL: [Wanted; 9] = [
    Wanted::Avg,
    Wanted::Min,
    Wanted::Max,
    Wanted::Sum,
    Wanted::Count,
    Wanted::Rate,
    Wanted::P50,
    Wanted::P95,
    Wanted::P99,
];

/// Whole numbers, so that sums are exact however they are grouped.
fn points() -> impl Strategy<Value = Vec<Point>> {
    let one = prop::collection::btree_map(0..DAY_MS, 0..100_000_i32, 1..400);
    one.prop_map(|points| {
        let point = |(at_ms, value): (i64, i32)| Point {
            at_ms,
            value: value.into(),
        };
        points.into_iter().map(point).collect()
    })
}

/// A series of which some hours are closed, some of those have late rows, and of some only roll-ups are left.
fn stored(points: &[Point], width_ms: i64, states: &[u8]) -> Stored {
    let mut stored = Stored::default();
    for hour in points.chunk_by(|a, b| begin_of(a.at_ms, HOUR_MS) == begin_of(b.at_ms, HOUR_MS)) {
        let number = usize::try_from(hour[0].at_ms / HOUR_MS).expect("small");
        match states[number % states.len()] {
            0 => stored.rows.extend(hour),
            1 => stored.buckets.extend(buckets(hour, width_ms)),
            _ => {
                // Every third sample came late, and some of those in time came again.
                let (late, timely): (Vec<_>, Vec<_>) =
                    hour.iter().partition(|point| point.at_ms % 3 == 0);
                stored.buckets.extend(buckets(&timely, width_ms));
                stored.rows.extend(late);
                let again = timely.iter().filter(|point| point.at_ms % 2 == 0);
                stored.rows.extend(again.map(|point| Point {
                    value: -1.0,
                    ..*point
                }));
                stored.points.extend(timely);
            }
        }
    }
    stored
}

fn answer(aggregate: Wanted, series: Vec<Vec<Bucket>>, step_ms: i64) -> Points {
    let mut answer = Answer::new(aggregate, 1, 0);
    for buckets in series {
        answer.add(0, steps(buckets, step_ms));
    }
    answer.points().remove(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_tier_answers_like_the_raw_samples(
        left in points(),
        right in points(),
        states in prop::collection::vec(0..3_u8, 1..7),
        tier in prop::sample::select(vec![MINUTE_MS, HOUR_MS]),
        steps in 1..30_i64,
    ) {
        let step_ms = tier * steps;
        for aggregate in ALL {
            let raw = [&left, &right].map(|points| {
                points.iter().filter_map(|point| bucket(&[*point], true)).collect()
            });
            let tiers = [&left, &right].map(|points| stored(points, tier, &states).into_buckets(tier, true));
            let raw = answer(aggregate, raw.into(), step_ms);
            let tiers = answer(aggregate, tiers.into(), step_ms);
            prop_assert_eq!(raw.len(), tiers.len());
            for (raw, tiers) in raw.iter().zip(&tiers) {
                prop_assert_eq!(raw.0, tiers.0);
                prop_assert!((raw.1 - tiers.1).abs() <= raw.1.abs() * 1e-12, "{:?}: {:?} {:?}", aggregate, raw, tiers);
            }
        }
    }

    #[test]
    fn a_quantile_keeps_the_promise_of_its_sketch(points in points(), steps in 1..24_i64) {
        let step_ms = HOUR_MS * steps;
        let found = answer(Wanted::P95, vec![buckets(&points, MINUTE_MS)], step_ms);
        let mut exact: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
        for point in &points {
            exact.entry(begin_of(point.at_ms, step_ms)).or_default().push(point.value);
        }
        for (begin, value) in found {
            let mut values = exact.remove(&begin).expect("a step with points");
            values.sort_by(f64::total_cmp);
            let rank = (values.len() - 1) * 95 / 100;
            let near = values[rank..].iter().take(2).any(|exact| (exact - value).abs() <= exact * RELATIVE_ERROR * 1.000_1);
            prop_assert!(near, "{} is none of {:?}", value, &values[rank..]);
        }
    }

    #[test]
    fn points_are_told_once_and_the_block_wins(points in points()) {
        let again = points.iter().map(|point| Point { value: -1.0, ..*point });
        let stored = Stored { rows: again.collect(), points: points.clone(), buckets: Vec::new() };
        prop_assert_eq!(stored.into_points(), points);
    }
}

#[test]
fn a_bucket_whose_block_is_gone_is_final_and_one_that_is_not_there_is_filled() {
    let point = |at_ms, value| Point { at_ms, value };
    let stored = Stored {
        rows: vec![point(1, 9.0), point(MINUTE_MS, 3.0)],
        points: Vec::new(),
        buckets: buckets(&[point(0, 1.0)], MINUTE_MS),
    };
    let counts: Vec<_> = stored
        .into_buckets(MINUTE_MS, false)
        .iter()
        .map(|bucket| (bucket.aggregate.count, bucket.aggregate.max))
        .collect();
    assert_eq!(counts, [(1, 1.0), (1, 3.0)]);
}

#[test]
fn a_rate_is_compared_with_what_was_before_its_first_step() {
    let point = |at_ms, value| Point { at_ms, value };
    let points = [point(50_000, 10.0), point(70_000, 30.0), point(80_000, 5.0)];
    let steps = steps(buckets(&points, MINUTE_MS), MINUTE_MS);
    // 20 and 5 grown in the 30 seconds since the value before.
    assert_eq!(rates(&steps, MINUTE_MS), [(MINUTE_MS, 25.0 / 30.0)]);
    assert_eq!(rates(&steps[1..], 0), [(MINUTE_MS, 5.0 / 10.0)]);
    assert_eq!(answer::quantile(Wanted::P99), Some(0.99));
}
