mod model;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;
use validator::Validate;

use super::backtest::{self, History};
use super::condition::Sight;
use super::memory::Memory;
use super::points::{Group, Point};
use super::*;
use crate::event::Event;
use crate::monitor::{State, Status};

/// 20 November 2026, 14:00 and so many seconds.
fn at(seconds: i64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-11-20T14:00:00Z".parse().expect("an instant");
    start + TimeDelta::seconds(seconds)
}

fn spec(more: &Value) -> Spec {
    let mut spec = json!({"name": "Hot", "kind": "threshold", "metric": "temperature", "window_s": 10,
        "aggregate": "max", "operator": ">", "value": 90.0});
    let fields = spec.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    serde_json::from_value(spec).expect("a rule")
}

fn rule(more: &Value) -> Rule {
    Rule {
        id: RuleId(Uuid::from_u128(7)),
        tenant: TenantId(Uuid::from_u128(8)),
        revision: 1,
        spec: spec(more),
    }
}

fn group(points: &[(i64, f64)]) -> Group {
    let mut group = Group::default();
    let points: Vec<Point> = points
        .iter()
        .map(|(seconds, value)| (at(*seconds).timestamp_millis(), *value))
        .collect();
    group.add(&Labels::new(), &points);
    group
}

/// What is told when a rule without groups is judged at these seconds, each with the only value of its window.
fn told(rule: &Rule, values: &[(i64, f64)]) -> Vec<(&'static str, i64)> {
    let mut memory = Memory::new(rule.tenant);
    for (second, value) in values {
        let points = group(&[(*second, *value)]);
        memory.judge(rule, &Labels::new(), &points, None, at(*second));
    }
    memory.outbox.iter().map(when).collect()
}

fn when(event: &Event) -> (&'static str, i64) {
    let second = |at: DateTime<Utc>| (at - self::at(0)).num_seconds();
    match event {
        Event::AlertOpened(opened) => ("opened", second(opened.at)),
        Event::AlertReminded(reminded) => ("reminded", second(reminded.at)),
        Event::AlertResolved(resolved) => ("resolved", second(resolved.resolved_at)),
        other => panic!("rules do not tell {other:?}"),
    }
}

#[test]
fn a_rule_fires_once_and_recovers_once() {
    let values = [(0, 50.0), (1, 95.0), (2, 97.0), (3, 80.0), (4, 70.0)];
    let told = told(&rule(&json!({})), &values);
    assert_eq!(told, [("opened", 1), ("resolved", 3)]);
}

#[test]
fn patience_waits_and_a_good_value_begins_anew() {
    let rule = rule(&json!({"for_s": 3}));
    let values = [
        (0, 95.0),
        (2, 95.0),
        (3, 50.0),
        (4, 95.0),
        (6, 95.0),
        (7, 95.0),
    ];
    assert_eq!(told(&rule, &values), [("opened", 7)]);
}

#[test]
fn hysteresis_keeps_an_alert_open() {
    let rule = rule(&json!({"recover_at": 80.0}));
    let values = [(0, 85.0), (1, 91.0), (2, 85.0), (3, 80.5), (4, 80.0)];
    assert_eq!(told(&rule, &values), [("opened", 1), ("resolved", 4)]);
}

#[test]
fn cooldown_holds_back_the_next_alert_and_not_the_recovery() {
    let rule = rule(&json!({"cooldown_s": 60}));
    let values = [(0, 95.0), (1, 50.0), (2, 95.0), (59, 95.0), (60, 95.0)];
    let expected = [("opened", 0), ("resolved", 1), ("opened", 60)];
    assert_eq!(told(&rule, &values), expected);
}

#[test]
fn reminders_come_while_it_holds() {
    let rule = rule(&json!({"remind_every_s": 60}));
    let values = [
        (0, 95.0),
        (59, 95.0),
        (60, 95.0),
        (119, 95.0),
        (121, 95.0),
        (122, 1.0),
    ];
    let expected = [
        ("opened", 0),
        ("reminded", 60),
        ("reminded", 121),
        ("resolved", 122),
    ];
    assert_eq!(told(&rule, &values), expected);
}

#[test]
fn without_data_a_threshold_stays_as_it_is() {
    let rule = rule(&json!({}));
    let mut memory = Memory::new(rule.tenant);
    memory.judge(&rule, &Labels::new(), &group(&[(0, 95.0)]), None, at(0));
    memory.judge(&rule, &Labels::new(), &group(&[(0, 95.0)]), None, at(100));
    assert_eq!(memory.outbox.len(), 1);
    assert!(memory.watches[0].open.is_some());
}

#[test]
fn silence_is_judged_by_the_clock() {
    let silent = json!({"kind": "no_data", "silent_s": 30});
    let rule = rule(&silent);
    let mut memory = Memory::new(rule.tenant);
    let points = group(&[(0, 1.0)]);
    for second in [29, 30, 31] {
        memory.judge(&rule, &Labels::new(), &points, None, at(second));
    }
    memory.judge(&rule, &Labels::new(), &group(&[(40, 1.0)]), None, at(40));
    let told: Vec<_> = memory.outbox.iter().map(when).collect();
    assert_eq!(told, [("opened", 30), ("resolved", 40)]);
    let Some(Event::AlertOpened(opened)) = memory.outbox.first() else {
        panic!("{memory:?}");
    };
    assert_eq!(
        opened.subject.started_at,
        at(0),
        "dated back to the last sample"
    );
    assert_eq!(
        opened.reason,
        "no sample of temperature since 14:00:00 UTC on 20 Nov"
    );
}

#[test]
fn more_than_so_many_server_errors_fire() {
    let id = Uuid::from_u128(3);
    let rule = rule(
        &json!({"kind": "failing_answers", "monitor": id, "class": "5xx",
        "more_than": 2, "window_s": 60}),
    );
    let judge = |points: &[(i64, f64)]| {
        let sight = Sight {
            points: &group(points),
            status: None,
            now: at(60),
            firing: false,
        };
        let finding = rule.spec.condition.judge(sight).expect("always a finding");
        (finding.holds, rule.spec.condition.words(&finding, sight))
    };
    let three = [(0, 1.0), (10, 1.0), (20, 1.0)];
    assert!(!judge(&three).0, "the first one is a minute old");
    let words = "3 answers of class 5xx in 1 min, more than 2".to_owned();
    assert_eq!(judge(&[(1, 1.0), (10, 1.0), (20, 1.0)]), (true, words));
}

#[test]
fn slow_answers_and_certificates_say_what_they_found() {
    let monitor = Uuid::from_u128(3);
    let latency = rule(
        &json!({"kind": "latency", "monitor": monitor, "above_ms": 500.0,
        "window_s": 300}),
    );
    let expiry = rule(&json!({"kind": "certificate_expiry", "monitor": monitor}));
    let words = |rule: &Rule, points: &Group| {
        let sight = Sight {
            points,
            status: None,
            now: at(100),
            firing: false,
        };
        let finding = rule.spec.condition.judge(sight).expect("a finding");
        assert!(finding.holds);
        rule.spec.condition.words(&finding, sight)
    };
    assert_eq!(
        words(&latency, &group(&[(1, 20.0), (2, 812.4)])),
        "p95 of the total time over 5 min is 812 ms, above 500 ms"
    );
    #[expect(clippy::cast_precision_loss, reason = "Unix seconds fit")]
    let expires = at(6 * 86_400 + 500).timestamp() as f64;
    assert_eq!(
        words(&expiry, &group(&[(1, expires)])),
        "the certificate expires in 6 days, on 26 Nov 2026"
    );
}

#[test]
fn a_state_is_held_since_the_monitor_says_so() {
    let rule = rule(
        &json!({"kind": "monitor_state", "monitor": Uuid::from_u128(3),
        "states": ["down", "unknown"], "for_s": 60}),
    );
    let mut memory = Memory::new(rule.tenant);
    let mut status = Status {
        detail: Some("connect timeout".to_owned()),
        ..Status::plain(State::Down, at(0), "2 of 3 regions failed twice")
    };
    let points = Group::default();
    memory.judge(&rule, &Labels::new(), &points, Some(&status), at(59));
    assert_eq!(memory.outbox, []);
    memory.judge(&rule, &Labels::new(), &points, Some(&status), at(60));
    status.state = State::Up;
    memory.judge(&rule, &Labels::new(), &points, Some(&status), at(90));
    let told: Vec<_> = memory.outbox.iter().map(when).collect();
    assert_eq!(told, [("opened", 60), ("resolved", 90)]);
}

#[test]
fn groups_alert_by_themselves_and_end_with_the_rule() {
    let mut rule = rule(&json!({"group_by": ["host"]}));
    let labels = |host: &str| Labels::from([("host".to_owned(), host.to_owned())]);
    let mut memory = Memory::new(rule.tenant);
    for host in ["a", "b"] {
        memory.judge(&rule, &labels(host), &group(&[(0, 95.0)]), None, at(0));
    }
    let ids: Vec<_> = memory
        .watches
        .iter()
        .filter_map(|it| it.open.as_ref())
        .collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0].subject.alert, ids[1].subject.alert);
    memory.outbox.clear();
    rule.spec = spec(&json!({}));
    memory.fit(&rule, at(5));
    let told: Vec<_> = memory.outbox.iter().map(when).collect();
    assert_eq!(told, [("resolved", 5), ("resolved", 5)]);
    assert_eq!(memory.watches, []);
}

#[test]
fn a_rule_that_makes_no_sense_names_the_field() {
    for (wrong, field) in [
        (json!({"name": ""}), "name"),
        (json!({"metric": "9"}), "metric"),
        (json!({"window_s": 0}), "window_s"),
        (json!({"aggregate": "none"}), "aggregate"),
        (json!({"recover_at": 95.0}), "recover_at"),
        (json!({"remind_every_s": 5}), "remind_every_s"),
        (
            json!({"match": ["host=~web.*"]}),
            "rules match labels with = and != only",
        ),
        (json!({"kind": "no_data", "silent_s": 1}), "silent_s"),
        (
            json!({"kind": "monitor_state", "monitor": Uuid::nil(), "states": ["up"]}),
            "states",
        ),
        (
            json!({"kind": "latency", "monitor": Uuid::nil(), "above_ms": 1.0, "percentile": 0.0}),
            "percentile",
        ),
        (
            json!({"kind": "certificate_expiry", "monitor": Uuid::nil(), "within_days": 0}),
            "within_days",
        ),
        (
            json!({"kind": "failing_answers", "monitor": Uuid::nil(), "more_than": 99_999}),
            "more_than",
        ),
    ] {
        let errors = format!("{:?}", spec(&wrong).validate().expect_err("wrong"));
        assert!(errors.contains(field), "{wrong}: {errors}");
    }
    assert!(spec(&json!({})).validate().is_ok());
}

#[test]
fn a_rule_is_written_as_it_is_read() {
    let written = serde_json::to_value(spec(&json!({"match": ["host=a", "zone!=b"]})));
    let written = written.expect("plain data");
    assert_eq!(written["kind"], "threshold");
    assert_eq!(written["match"], json!(["host=a", "zone!=b"]));
    assert_eq!(written["cooldown_s"], 300);
    let read: Spec = serde_json::from_value(written.clone()).expect("a rule");
    assert_eq!(serde_json::to_value(read).expect("plain data"), written);
}

#[test]
fn a_backtest_says_when_it_would_have_fired() {
    let spec = spec(&json!({"for_s": 5, "group_by": ["host"]}));
    let series = |host: &str, values: &[(i64, f64)]| Past {
        labels: Labels::from([("host".to_owned(), host.to_owned())]),
        points: values
            .iter()
            .map(|(second, value)| (at(*second).timestamp_millis(), *value))
            .collect(),
    };
    let hot: Vec<_> = (0..100)
        .map(|second| {
            (
                second,
                if (20..60).contains(&second) {
                    99.0
                } else {
                    10.0
                },
            )
        })
        .collect();
    let history = History {
        past: vec![series("a", &hot), series("b", &[(0, 1.0), (90, 1.0)])],
        states: Vec::new(),
    };
    let (from, to) = (at(0).timestamp_millis(), at(99).timestamp_millis());
    let found = backtest::run(&spec, &history, from, to);
    assert_eq!(
        (found.step_s, found.fired.len(), found.series.len()),
        (1, 1, 2)
    );
    let fired = &found.fired[0];
    assert_eq!((fired.started_at, fired.opened_at), (at(20), at(25)));
    // The window of ten seconds still holds the last hot value.
    assert_eq!(fired.resolved_at, Some(at(69)));
    assert_eq!(fired.reason, "max of temperature over 10 s is 99, above 90");
    assert_eq!(found.series[0].points.len(), 100);
}
