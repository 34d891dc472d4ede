use std::collections::BTreeSet;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::rules::model::world::{A, at, monitor};

/// Ten seconds apart; what is due within 14 s may still come.
const PATIENCE: i64 = 14;

fn region() -> Region {
    A.parse().expect("a region")
}

/// The first tick after `at(0)` and the settling.
fn first(monitor: &Monitor) -> DateTime<Utc> {
    Rhythm::of(monitor, &region()).after(at(0) + SETTLING)
}

fn begun(monitor: &Monitor) -> BTreeMap<Region, Ticks> {
    let mut all = BTreeMap::new();
    assert!(keep(&mut all, monitor, at(0)), "it begins");
    assert!(!keep(&mut all, monitor, at(5)), "once");
    all
}

fn seconds(ticks: &[DateTime<Utc>], from: DateTime<Utc>) -> Vec<i64> {
    ticks
        .iter()
        .map(|tick| (*tick - from).num_seconds())
        .collect()
}

#[test]
fn ticks_without_a_result_are_missed_once_nobody_can_report_any_more() {
    let monitor = monitor(&[A]);
    let first = first(&monitor);
    let mut ticks = begun(&monitor).remove(&region()).expect("it is asked");
    let after = |s: i64| first + TimeDelta::seconds(s);
    let missed = |ticks: &Ticks, now| seconds(&missed(ticks, &monitor, &region(), now, 100), first);

    assert!(missed(&ticks, after(PATIENCE - 1)).is_empty());
    assert_eq!(missed(&ticks, after(PATIENCE)), [0]);
    ticks.note(&monitor, &region(), after(30), after(31));
    assert_eq!(missed(&ticks, after(60)), [0, 10, 20, 40]);
    ticks.note(&monitor, &region(), after(10), after(31));
    assert_eq!(missed(&ticks, after(60)), [0, 20, 40]);
    for tick in [0, 20, 40, 20] {
        ticks.note(&monitor, &region(), after(tick), after(61));
    }
    assert_eq!((missed(&ticks, after(60)), ticks.holes.len()), (vec![], 0));
}

#[test]
fn what_was_not_to_be_expected_is_not_missed() {
    let mut monitor = monitor(&[A]);
    let mut all = begun(&monitor);
    let hours = |hours| at(0) + TimeDelta::hours(hours);
    let count = |all: &BTreeMap<Region, Ticks>, monitor: &Monitor, now| {
        let missed = |ticks| missed(ticks, monitor, &region(), now, usize::MAX);
        all.get(&region()).map_or(0, |ticks| missed(ticks).len())
    };
    assert!((357..=359).contains(&count(&all, &monitor, hours(1))));
    assert!(
        count(&all, &monitor, hours(100)) <= 24 * 360,
        "nobody asks any more"
    );

    monitor.scheduled_at = hours(1);
    assert_eq!(
        count(&all, &monitor, hours(1)),
        0,
        "paused while nobody watched"
    );
    monitor.spec.check.interval_s = 30;
    assert!(keep(&mut all, &monitor, hours(1)), "another rhythm begins");
    assert_eq!(count(&all, &monitor, hours(1)), 0);
    monitor.spec.paused = true;
    assert!(keep(&mut all, &monitor, hours(2)), "pausing ends it");
    assert_eq!(count(&all, &monitor, hours(3)), 0);
}

#[test]
fn a_tick_of_another_rhythm_is_no_matter() {
    let monitor = monitor(&[A]);
    let mut ticks = begun(&monitor).remove(&region()).expect("it is asked");
    let before = ticks.clone();
    for off in [1_000, 3_000, 10_500] {
        let tick = first(&monitor) + TimeDelta::milliseconds(off);
        ticks.note(&monitor, &region(), tick, tick);
    }
    assert_eq!(ticks, before);
}

#[test]
fn phases_are_stable_and_spread() {
    let of = |n: u128| {
        phase(
            MonitorId(Uuid::from_u128(n << 64 | 0x8000_0000_0000_0000)),
            &region(),
            60,
        )
    };
    assert_eq!(of(7), of(7));
    let mut busy = [0_u32; 60];
    for n in 0..6_000 {
        busy[usize::try_from(of(n)).expect("small")] += 1;
    }
    let (least, most) = (busy.iter().min(), busy.iter().max());
    assert!(least >= Some(&60) && most <= Some(&150), "{busy:?}");
}

#[test]
fn regions_do_not_look_in_the_same_second() {
    let monitor = MonitorId(Uuid::from_u128(42));
    let phases = ["eu-central", "us-east", "ap-south"]
        .map(|region| phase(monitor, &region.parse().expect("valid"), 300));
    assert!(
        phases[0] != phases[1] && phases[1] != phases[2],
        "{phases:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever comes in whatever order: reported and missed ticks together are all that were expected, and none is both.
    #[test]
    fn every_tick_is_reported_or_missed(reported in prop::collection::vec(0..60_i64, 0..80), end in 0..60_i64) {
        let monitor = monitor(&[A]);
        let first = first(&monitor);
        let mut ticks = begun(&monitor).remove(&region()).expect("it is asked");
        for index in &reported {
            let tick = first + TimeDelta::seconds(index * 10);
            ticks.note(&monitor, &region(), tick, tick);
        }
        let now = first + TimeDelta::seconds(end * 10 + PATIENCE);
        let missed: BTreeSet<i64> = seconds(&missed(&ticks, &monitor, &region(), now, 1_000), first)
            .into_iter().map(|s| s / 10).collect();
        let expected: BTreeSet<i64> = (0..=end).filter(|index| !reported.contains(index)).collect();
        prop_assert_eq!(missed, expected);
    }
}
