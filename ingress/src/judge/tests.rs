//! What is taken, and what is named.

use super::*;

const NOW_MS: i64 = 1_700_000_000_000;

fn judged(samples: &[(&str, f64, Option<i64>)], may_backfill: bool) -> Verdict {
    let (limits, series) = (Limits::default(), Series::new(100));
    let window = Window::new(NOW_MS, &limits, may_backfill);
    let mut judge = Judge::new(window, &limits, &series);
    for (name, value, at_ms) in samples {
        let outcome = judge
            .series(name, &mut vec![], Kind::Gauge, None)
            .and_then(|place| {
                let at_ms = judge.instant(*at_ms)?;
                judge.put(place, at_ms, *value)
            });
        judge.settle(outcome).expect("few enough");
    }
    judge.verdict
}

#[test]
fn good_samples_are_taken_and_bad_ones_are_named() {
    let day_ms = 24 * 3_600 * 1_000;
    let verdict = judged(
        &[
            ("cpu", 1.0, None),
            ("9cpu", 1.0, None),
            ("cpu", f64::NAN, None),
            ("cpu", 1.0, Some(NOW_MS - day_ms - 1)),
            ("cpu", 1.0, Some(NOW_MS + 300_001)),
            ("cpu", 2.0, Some(NOW_MS - day_ms)),
        ],
        false,
    );
    assert_eq!(verdict.accepted, 2);
    let named: Vec<_> = verdict
        .rejected
        .iter()
        .map(|r| (r.index, r.field.as_str(), r.reason.as_str()))
        .collect();
    assert_eq!(
        named,
        [
            (1, "name", "must match [a-zA-Z_:][a-zA-Z0-9_:.]*"),
            (2, "value", "must be a finite number"),
            (3, "timestamp_ms", "lies more than 86400 s in the past"),
            (4, "timestamp_ms", "lies more than 300 s in the future"),
        ]
    );
}

#[test]
fn backfill_lifts_the_bound_on_the_past() {
    assert_eq!(judged(&[("cpu", 1.0, Some(1))], true).accepted, 1);
    assert_eq!(judged(&[("cpu", 1.0, Some(-1))], true).accepted, 0);
}

#[test]
fn a_new_series_beyond_the_limit_is_rejected_and_known_ones_go_on() {
    let (limits, series) = (Limits::default(), Series::new(2));
    let mut judge = Judge::new(Window::new(NOW_MS, &limits, false), &limits, &series);
    let mut ask = |name| judge.series(name, &mut vec![], Kind::Gauge, None).is_ok();
    assert_eq!(
        ["a", "b", "c", "a"].map(&mut ask),
        [true, true, false, true]
    );
}

#[test]
fn a_label_twice_is_named_and_an_empty_one_is_absent() {
    let (limits, series) = (Limits::default(), Series::new(9));
    let mut judge = Judge::new(Window::new(NOW_MS, &limits, false), &limits, &series);
    let plain = judge
        .series("cpu", &mut vec![("host", "a")], Kind::Gauge, None)
        .expect("good");
    let more = judge
        .series(
            "cpu",
            &mut vec![("zone", ""), ("host", "a")],
            Kind::Gauge,
            Some(""),
        )
        .expect("good");
    assert_eq!(plain, more);
    let twice = judge.series(
        "cpu",
        &mut vec![("b", "1"), ("a", "1"), ("b", "2")],
        Kind::Gauge,
        None,
    );
    assert_eq!(twice, Err(Broken::new("labels", "has the label `b` twice")));
}
