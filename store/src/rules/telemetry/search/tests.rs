use contract::telemetry::Status;

use super::super::piece::tests::{START_US, group, id, span, trace};
use super::*;

/// A push that the store wrote 5 ms later, failing.
fn pieces() -> Pieces {
    let mut write = span(1, 1, "insert sample");
    write.start_us = START_US + 5_000;
    write.duration_us = 2_000;
    write.status = Status::Error;
    let push = group("ingress", vec![span(1, 0, "POST /api/v1/metrics")]);
    vec![
        (START_US + 5_000, vec![group("store", vec![write])]),
        (START_US, vec![push]),
    ]
}

fn found(search: &Search) -> Option<i64> {
    let pieces = pieces();
    let summary = summary(trace(1), &pieces).expect("it has spans");
    place(search, &pieces, &summary)
}

#[test]
fn a_trace_in_a_line_is_told_from_its_root() {
    let told = summary(trace(1), &pieces()).expect("it has spans");
    assert_eq!(
        (told.service.as_str(), told.operation.as_str()),
        ("ingress", "POST /api/v1/metrics")
    );
    assert_eq!((told.spans, told.errors, told.duration_us), (2, 1, 10_000));
    assert_eq!(told.services, ["ingress", "store"]);
    assert_eq!(summary(trace(1), &Vec::new()), None);
}

#[test]
fn a_span_that_is_missing_leaves_its_child_the_root() {
    let mut orphan = span(1, 3, "process");
    orphan.parent_id = Some(id(40));
    let told = summary(trace(1), &vec![(0, vec![group("store", vec![orphan])])]).expect("a span");
    assert_eq!(told.operation, "process");
}

#[test]
fn all_that_is_said_must_hold_of_one_span() {
    let search = |service: Option<&str>, error, attribute: Option<&str>| Search {
        service: service.map(str::to_owned),
        error,
        attribute: attribute.map(str::to_owned),
        ..Search::default()
    };
    assert_eq!(
        found(&search(Some("store"), true, None)),
        Some(START_US + 5_000)
    );
    assert_eq!(
        found(&search(Some("ingress"), true, None)),
        None,
        "the push did not fail"
    );
    assert_eq!(
        found(&search(
            Some("ingress"),
            false,
            Some("messaging.system=nats")
        )),
        Some(START_US)
    );
    assert_eq!(
        found(&search(None, false, Some("service.namespace=overseer"))),
        Some(START_US + 5_000)
    );
    assert_eq!(
        found(&search(None, false, Some("messaging.system=kafka"))),
        None
    );
}

#[test]
fn a_duration_alone_is_that_of_the_trace() {
    let at_least = |min, service: Option<&str>| Search {
        min_duration_us: Some(min),
        service: service.map(str::to_owned),
        ..Search::default()
    };
    assert_eq!(found(&at_least(10_000, None)), Some(START_US + 5_000));
    assert_eq!(found(&at_least(10_001, None)), None);
    assert_eq!(found(&at_least(2_001, Some("store"))), None);
}
