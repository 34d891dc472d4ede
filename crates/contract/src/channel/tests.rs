use serde_json::json;
use validator::Validate;

use super::*;

fn read(spec: serde_json::Value) -> Spec {
    serde_json::from_value(spec).expect("readable")
}

/// The least that each kind has to say, with a secret that suits it.
fn least() -> Vec<(serde_json::Value, Option<Secret>)> {
    let some = |text: &str| Some(Secret::new(text));
    let hook = "https://hooks.example.com/T0/B0/x";
    vec![
        (
            json!({"kind": "webhook", "url": "https://example.com/hook"}),
            None,
        ),
        (
            json!({"kind": "telegram", "chat_id": "-1001"}),
            some("123456:ABC-DEF_1"),
        ),
        (json!({"kind": "slack"}), some(hook)),
        (json!({"kind": "discord"}), some(hook)),
        (
            json!({"kind": "pagerduty"}),
            some("0123456789abcdef0123456789ABCDEF"),
        ),
        (json!({"kind": "ntfy", "topic": "overseer-alerts"}), None),
        (
            json!({"kind": "email", "host": "mail.example.com", "from": "overseer@example.com", "to": ["you@example.com"]}),
            None,
        ),
    ]
}

#[test]
fn the_least_description_of_each_kind_is_enough_and_survives_the_wire() {
    let mut kinds = Vec::new();
    for (mut spec, secret) in least() {
        spec["name"] = json!("On call");
        let spec = read(spec);
        assert_eq!(spec.validate().map_err(|error| error.to_string()), Ok(()));
        assert_eq!(
            spec.settings.judge_secret(secret.as_ref()),
            Ok(()),
            "{spec:?}"
        );
        let wire = serde_json::to_value(&spec).expect("JSON");
        assert_eq!(read(wire), spec);
        kinds.push(spec.kind());
    }
    assert_eq!(kinds, Kind::ALL);
}

#[test]
fn what_a_kind_cannot_send_to_is_refused() {
    for settings in [
        json!({"kind": "webhook", "url": "ftp://example.com"}),
        json!({"kind": "webhook", "url": "https://"}),
        json!({"kind": "telegram", "chat_id": ""}),
        json!({"kind": "telegram", "chat_id": "1", "url": "nowhere"}),
        json!({"kind": "ntfy", "topic": "a/b"}),
        json!({"kind": "email", "host": "h", "from": "nobody", "to": ["you@example.com"]}),
        json!({"kind": "email", "host": "h", "from": "a@example.com", "to": []}),
        json!({"kind": "email", "host": "h", "from": "a@example.com", "to": ["b@example.com\r\nBcc: c@example.com"]}),
    ] {
        let mut spec = settings.clone();
        spec["name"] = json!("On call");
        assert!(read(spec).validate().is_err(), "{settings}");
    }
}

#[test]
fn a_secret_suits_its_kind_or_is_refused() {
    let wrong = [
        "",
        "",
        "nowhere",
        "nowhere",
        "short",
        "no spaces",
        "password of nobody",
    ];
    for (index, ((mut spec, _), wrong)) in least().into_iter().zip(wrong).enumerate() {
        spec["name"] = json!("On call");
        let settings = read(spec).settings;
        let verdict = settings.judge_secret(Some(&Secret::new(wrong)));
        // A webhook without a secret gets one.
        assert_eq!(verdict.is_ok(), index == 0, "{settings:?}");
    }
}

#[test]
fn a_secret_shows_itself_to_nobody() {
    let secret = Secret::new("hunter2");
    assert_eq!(format!("{secret:?}"), "[secret]");
    assert_eq!(
        secret.redact("bot hunter2 is unknown"),
        "bot [secret] is unknown"
    );
    let target = Target {
        spec: Spec::webhook("On call", "https://example.com"),
        secret,
    };
    assert!(!format!("{target:?}").contains("hunter2"));
}
