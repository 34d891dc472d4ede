use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const HOUR: i64 = 7 * HOUR_MS;

fn point(second: i64, value: f64) -> Point {
    Point {
        at_ms: HOUR + second * 1_000,
        value,
    }
}

proptest! {
    /// However samples are spread over closings, and however often they come: the same is kept.
    #[test]
    fn any_order_of_arrival_gives_the_same(
        arrivals in prop::collection::vec(prop::collection::btree_map(0..3_600_i64, any::<i16>(), 0..30), 1..6)
    ) {
        let mut kept = Kept::default();
        let mut model = BTreeMap::new();
        for arrival in &arrivals {
            let rows: Vec<Point> = arrival.iter().map(|(&second, &value)| point(second, value.into())).collect();
            kept.take_in(HOUR, &rows);
            for row in rows {
                model.entry(row.at_ms).or_insert(row);
            }
        }
        let mut whole = Kept::default();
        whole.take_in(HOUR, &model.into_values().collect::<Vec<_>>());
        prop_assert_eq!(kept, whole);
    }
}

#[test]
fn what_is_known_already_changes_nothing() {
    let mut kept = Kept::default();
    let rows = [point(1, 1.0), point(2, 2.0)];
    assert!(kept.take_in(HOUR, &rows));
    let before = kept.clone();
    assert!(!kept.take_in(HOUR, &[point(2, 9.0)]));
    assert_eq!(kept, before);
}

#[test]
fn without_its_block_a_bucket_is_final_and_a_missing_one_is_filled() {
    let mut kept = Kept::default();
    kept.take_in(HOUR, &[point(1, 1.0)]);
    kept.block = None;
    let hours = kept.hours.clone();
    let late = [point(2, 5.0), point(120, 7.0)];
    assert!(kept.take_in(HOUR, &late));
    assert!(!kept.take_in(HOUR, &late), "redelivery");
    let minutes = kept.minutes.as_ref().expect("minutes");
    let sums: Vec<f64> = minutes.iter().map(|minute| minute.aggregate.sum).collect();
    assert_eq!(sums, [1.0, 7.0]);
    assert_eq!((kept.block, kept.hours), (None, hours));
}

#[test]
fn where_minutes_are_gone_too_nothing_is_kept_of_what_comes_late() {
    let mut kept = Kept::default();
    kept.take_in(HOUR, &[point(1, 1.0)]);
    kept.block = None;
    kept.minutes = None;
    assert!(!kept.take_in(HOUR, &[point(120, 7.0)]));
    assert_eq!(kept.minutes, None);
}

#[test]
fn other_hours_of_the_day_are_left_alone() {
    let mut kept = Kept::default();
    kept.take_in(HOUR + HOUR_MS, &[point(3_600, 3.0)]);
    kept.block = None;
    kept.minutes = None;
    assert!(kept.take_in(HOUR, &[point(1, 1.0)]));
    let firsts: Vec<i64> = kept
        .hours
        .iter()
        .map(|hour| hour.aggregate.first.at_ms)
        .collect();
    assert_eq!(firsts, [HOUR + 1_000, HOUR + HOUR_MS]);
}
