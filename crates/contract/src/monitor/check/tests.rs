use serde_json::{Value, json};
use validator::Validate;

use super::http::{Auth, HttpVersion};
use super::{Check, Http, Kind};
use crate::monitor::Spec;

fn spec(json: &Value) -> Spec {
    serde_json::from_value(json.clone()).expect("readable")
}

/// The fields that are wrong, and why.
fn broken(check: &Value) -> Vec<(String, String)> {
    let check: Check = serde_json::from_value(check.clone()).expect("readable");
    let errors = check.validate().err().unwrap_or_default();
    let mut told: Vec<_> = errors
        .field_errors()
        .into_iter()
        .flat_map(|(field, errors)| {
            errors
                .iter()
                .map(move |error| (field.to_string(), error.to_string()))
        })
        .collect();
    told.sort();
    told
}

#[test]
fn monitors_of_the_first_version_are_read_as_ever() {
    let whole: Value = serde_json::from_str(include_str!("../../../fixtures/monitor/http-1.json"))
        .expect("a fixture");
    let monitor = spec(&whole);
    monitor.validate().expect("valid");
    assert_eq!(serde_json::to_value(&monitor).expect("JSON"), whole);
    let packed = rmp_serde::to_vec_named(&monitor).expect("MessagePack");
    assert_eq!(
        rmp_serde::from_slice::<Spec>(&packed).expect("readable"),
        monitor
    );

    let least = include_str!("../../../fixtures/monitor/http-least-1.json");
    let monitor: Spec = serde_json::from_str(least).expect("readable");
    let Kind::Http(http) = &monitor.check.kind else {
        panic!("{monitor:?}")
    };
    assert_eq!((http.method.as_str(), http.follow_redirects), ("GET", true));
    assert_eq!(
        (monitor.check.interval_s, monitor.check.timeout_ms),
        (60, 10_000)
    );
}

#[test]
fn every_kind_is_read_and_written_and_packed() {
    let kinds: Vec<Value> =
        serde_json::from_str(include_str!("../../../fixtures/monitor/kinds-1.json"))
            .expect("a fixture");
    for kind in &kinds {
        let monitor = spec(kind);
        monitor.validate().expect("valid");
        let written = serde_json::to_value(&monitor).expect("JSON");
        for (field, value) in kind.as_object().expect("an object") {
            assert_eq!(written.get(field), Some(value), "{field} of {kind}");
        }
        let packed = rmp_serde::to_vec_named(&monitor).expect("MessagePack");
        let unpacked: Spec = rmp_serde::from_slice(&packed).expect("readable");
        assert_eq!(unpacked, monitor);
    }
}

#[test]
fn a_kind_that_is_not_known_is_told_which_are() {
    for kind in [json!("ftp"), json!(7)] {
        let check = json!({"kind": kind, "target": "x"});
        let error = serde_json::from_value::<Check>(check).expect_err("unknown");
        let told = "kind: must be one of http, tcp, dns, tls, icmp, heartbeat";
        assert!(error.to_string().contains(told), "{error}");
    }
}

#[test]
fn a_target_says_what_its_kind_wants() {
    for (kind, wrong, wanted) in [
        ("http", "ftp://example.com", "an absolute http or https URL"),
        ("http", "https://", "an absolute http or https URL"),
        ("tcp", "example.com", "a host and a port"),
        ("tcp", "example.com:0", "a host and a port"),
        ("tcp", "example.com:+80", "a host and a port"),
        ("tcp", "2001:db8::1:443", "a host and a port"),
        ("tls", "https://example.com", "a host and a port"),
        ("tls", "192.0.2.999:443", "a host and a port"),
        ("icmp", "example.com:80", "a host name or an address"),
        ("icmp", "", "a host name or an address"),
        ("dns", "exa mple.com", "must be a name"),
        ("dns", "example..com", "must be a name"),
    ] {
        let told = broken(&json!({"kind": kind, "target": wrong}));
        let [(field, reason)] = told.as_slice() else {
            panic!("{kind} {wrong}: {told:?}")
        };
        assert_eq!(field, "target");
        assert!(reason.contains(wanted), "{kind} {wrong}: {reason}");
    }
}

#[test]
fn headers_that_cannot_be_sent_are_refused_when_saved() {
    for (name, value, words) in [
        ("x y", "1", "is not a header's name"),
        ("", "1", "is not a header's name"),
        ("x:", "1", "is not a header's name"),
        ("größe", "1", "is not a header's name"),
        ("x", "a\r\nb: c", "holds a control character"),
        ("x", "a\0", "holds a control character"),
    ] {
        let told = broken(&json!({"target": "https://example.com", "headers": {name: value}}));
        assert_eq!(told.len(), 1, "{name:?} {value:?}: {told:?}");
        assert_eq!(told[0].0, "headers");
        assert!(told[0].1.contains(words), "{told:?}");
    }
    let good = json!({"target": "https://example.com", "headers": {"X-Api_Key": "grün\tund gut", "a!#": ""}});
    assert_eq!(broken(&good), []);
}

#[test]
fn what_may_be_secret_is_left_out_for_those_who_only_look() {
    let whole = json!({
        "target": "https://example.com",
        "headers": {"x-api-key": "geheim"},
        "body": "password=geheim",
        "auth": {"basic": {"username": "ada", "password": "geheim"}},
    });
    let mut check: Check = serde_json::from_value(whole).expect("a check");
    check.kind.conceal();
    let told = serde_json::to_string(&check).expect("JSON");
    assert!(!told.contains("geheim"), "{told}");
    assert!(told.contains("x-api-key") && told.contains("ada"), "{told}");
}

#[test]
fn credentials_are_judged_and_never_shown() {
    for auth in [
        json!({"basic": {"username": "a:b", "password": "secret"}}),
        json!({"basic": {"username": "a", "password": "sec\nret"}}),
        json!({"bearer": {"token": "sec ret"}}),
        json!({"bearer": {"token": ""}}),
    ] {
        let told = broken(&json!({"target": "https://example.com", "auth": auth}));
        assert_eq!(told.len(), 1, "{auth}: {told:?}");
        assert!(
            told[0].0 == "auth" && !told[0].1.contains("ret"),
            "{told:?}"
        );
    }
    let check = Check::new(Http {
        auth: Some(Auth::Bearer {
            token: "secret".to_owned(),
        }),
        http_version: HttpVersion::Two,
        ..Http::default()
    });
    assert!(!format!("{check:?}").contains("secret"));
}

#[test]
fn conditions_are_about_what_the_kind_measures() {
    for (kind, target, condition, words) in [
        (
            "tcp",
            "a.example:1",
            "len([BODY]) > [STATUS]",
            "condition 1, character 15: a check of kind tcp never knows [STATUS]",
        ),
        (
            "icmp",
            "a.example",
            "[HEADER].x == y",
            "character 1: a check of kind icmp never knows [HEADER]",
        ),
        ("tls", "a.example:1", "[BODY] == x", "never knows [BODY]"),
        (
            "http",
            "http://a.example",
            "[DNS_RCODE] == NOERROR",
            "never knows [DNS_RCODE]",
        ),
    ] {
        let told = broken(&json!({"kind": kind, "target": target, "conditions": [condition]}));
        assert!(told.len() == 1 && told[0].1.contains(words), "{told:?}");
        let kind: Check =
            serde_json::from_value(json!({"kind": kind, "target": target})).expect("readable");
        kind.kind
            .default_condition()
            .parse::<crate::condition::Condition>()
            .expect("a condition");
    }
}

#[test]
fn every_broken_field_of_a_check_is_told() {
    let told = broken(&json!({
        "kind": "icmp", "target": "", "count": 11, "interval_s": 7, "timeout_ms": 99, "degraded_ms": 0, "conditions": ["x"],
    }));
    let fields: Vec<_> = told.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "conditions",
            "count",
            "degraded_ms",
            "interval_s",
            "target",
            "timeout_ms"
        ]
    );
}
