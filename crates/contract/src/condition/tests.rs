use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Condition, Facts, Verdict};

const BODY: &[u8] =
    br#"{"user":{"name":"john","age":42},"version":"1.10","items":[{"id":1},{"id":2}],"none":null}"#;

fn facts() -> Facts<'static> {
    Facts {
        connected: true,
        status: Some(503),
        response_time_ms: Some(312.4),
        ip: Some("192.0.2.7".to_owned()),
        certificate_expires_in_s: Some(3 * 86_400),
        headers: BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]),
        body: Some(BODY),
        ..Facts::default()
    }
}

fn judge(condition: &str, facts: &Facts<'_>) -> Verdict {
    let condition: Condition = condition.parse().expect("a condition");
    condition.evaluate(facts)
}

fn mistake(condition: &str) -> String {
    condition
        .parse::<Condition>()
        .expect_err("a mistake")
        .to_string()
}

#[test]
fn conditions_hold_as_gatus_would_have_it() {
    for holding in [
        "[STATUS] == 503",
        "[STATUS]==503",
        "503 == [STATUS]",
        "[STATUS] != 200",
        "[STATUS] == any(200, 503)",
        "[STATUS] == pat(5*)",
        "[STATUS] >= 500",
        "[RESPONSE_TIME] < 313",
        "[RESPONSE_TIME] < 1s",
        "[RESPONSE_TIME] <= 312.4",
        "[CERTIFICATE_EXPIRATION] > 48h",
        "[CERTIFICATE_EXPIRATION] < 4d",
        "[CERTIFICATE_EXPIRATION] > 1h30m",
        "[CONNECTED] == true",
        "[IP] == 192.0.2.7",
        "[IP] == pat(192.0.*)",
        "[HEADER].Content-Type == pat(application/*)",
        "has([HEADER].x-missing) == false",
        "[BODY].user.name == john",
        "[BODY].user.name == pat(j?hn)",
        "[BODY].user.age == 42.0",
        "[BODY].user.age > 41",
        "[BODY].version == 1.10",
        "[BODY].version != 1.1",
        "[BODY].items[1].id == 2",
        "[BODY].items[0].id == [BODY].items[0].id",
        "len([BODY].items) == 2",
        "len([BODY].user.name) == 4",
        "len([BODY].user) == 24",
        "has([BODY].user.email) == false",
        "has([BODY].none) == true",
        "[BODY].absent != anything",
        "[BODY] == pat(*john*)",
    ] {
        let verdict = judge(holding, &facts());
        assert!(verdict.passed, "{holding}: {}", verdict.words);
    }
}

#[test]
fn a_failing_condition_says_what_was_seen() {
    for (condition, words) in [
        ("[STATUS] == 200", "[STATUS] (503) == 200"),
        ("[RESPONSE_TIME] < 300ms", "[RESPONSE_TIME] (312.4) < 300ms"),
        (
            "[CERTIFICATE_EXPIRATION] > 30d",
            "[CERTIFICATE_EXPIRATION] (72h0m) > 30d",
        ),
        (
            "[BODY].user.name == jane",
            "[BODY].user.name (john) == jane",
        ),
        ("[BODY].user.email == x", "[BODY].user.email (missing) == x"),
        ("[BODY].user.name < 5", "[BODY].user.name (john) < 5"),
        ("len([BODY].items) > 2", "len([BODY].items) (2) > 2"),
        (
            "has([BODY].user) == false",
            "has([BODY].user) (true) == false",
        ),
        (
            "[STATUS] == any(200, 204)",
            "[STATUS] (503) == any(200, 204)",
        ),
        ("[DNS_RCODE] == NOERROR", "[DNS_RCODE] (unknown) == NOERROR"),
    ] {
        let verdict = judge(condition, &facts());
        assert!(!verdict.passed, "{condition} passed");
        assert_eq!(verdict.words, words);
    }
}

#[test]
fn what_could_not_be_looked_at_never_passes() {
    let nothing = Facts::default();
    for condition in [
        "[STATUS] != 500",
        "[BODY].error != fatal",
        "has([BODY].error) == false",
        "[HEADER].x != y",
        "len([BODY]) == 0",
        "[CERTIFICATE_EXPIRATION] > 1h",
    ] {
        assert!(!judge(condition, &nothing).passed, "{condition} passed");
    }
    assert!(judge("[CONNECTED] == false", &nothing).passed);
    let truncated = Facts {
        body_truncated: true,
        ..facts()
    };
    assert_eq!(
        judge("[BODY].user.name == john", &truncated).words,
        "[BODY].user.name (the body is too long to be read whole) == john"
    );
    assert!(judge("[BODY] == pat(*john*)", &truncated).passed);
}

#[test]
fn a_long_value_is_shortened_on_a_character() {
    let body = "ä".repeat(100);
    let facts = Facts {
        body: Some(body.as_bytes()),
        ..facts()
    };
    let words = judge("[BODY] == x", &facts).words;
    assert_eq!(words, format!("[BODY] ({}…) == x", "ä".repeat(60)));
}

#[test]
fn a_mistake_is_pointed_at_and_mended() {
    for (condition, message) in [
        ("", "character 1: begin with [STATUS]"),
        ("[STATUS] = 200", "character 10: use == to compare"),
        (
            "[STATUS] is 200",
            "character 10: an operator is expected here",
        ),
        (
            "[STATSU] == 200",
            "character 1: [STATSU] is not known: use [STATUS]",
        ),
        (
            "[DOMAIN_EXPIRATION] > 720h",
            "character 1: [DOMAIN_EXPIRATION] is not offered",
        ),
        ("[STATUS == 200", "character 8: close [STATUS with ]"),
        ("[STATUS] ==", "character 12: write what to compare with"),
        (
            "[STATUS] == 2OO",
            "character 13: \"2OO\" should be a number",
        ),
        (
            "[STATUS] == any(200, x)",
            "character 13: \"x\" should be a number",
        ),
        (
            "[STATUS] < pat(2*)",
            "character 10: pat() and any() go with == or !=",
        ),
        (
            "[CONNECTED] == yes",
            "character 16: \"yes\" should be true or false",
        ),
        ("[IP] > 10", "character 6: [IP] has no order: use == or !="),
        (
            "[BODY]. == x",
            "character 8: write a field's name after the dot",
        ),
        (
            "[BODY].a[x] == 1",
            "character 10: write a position counted from 0",
        ),
        (
            "[HEADER] == x",
            "character 9: write the header's name after a dot",
        ),
        (
            "len([STATUS]) == 1",
            "character 5: len( takes [BODY] with a path",
        ),
        ("len([BODY] == 1", "character 12: close len( with )"),
        ("[BODY] == pat(*x*", "character 18: close pat( with )"),
        (
            "[BODY].a == [BODY].b x",
            "character 22: the condition should end here",
        ),
        ("1 == 1", "character 1: compare something that was measured"),
        (
            "grün [STATUS] = 200",
            "character 1: compare something: [STATUS]",
        ),
    ] {
        let found = mistake(condition);
        assert!(found.starts_with(message), "{condition}: {found}");
    }
}

proptest! {
    #[test]
    fn any_text_is_judged_without_panic(text in "\\PC{0,80}", body in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Ok(condition) = text.parse::<Condition>() {
            condition.evaluate(&Facts { body: Some(&body), ..facts() });
        }
    }

    #[test]
    fn near_conditions_are_judged_without_panic(
        left in "(\\[[A-Z_]{1,22}\\]|len\\(|has\\(|\\[BODY\\])[.\\[\\]a-z0-9é()]{0,12}",
        operator in " ?(==|!=|<|<=|>|>=|=) ?",
        right in "(pat\\(|any\\()?[*?,a-z0-9é)]{0,10}",
        body in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        if let Ok(condition) = format!("{left}{operator}{right}").parse::<Condition>() {
            condition.evaluate(&Facts { body: Some(&body), ..facts() });
        }
    }

    #[test]
    fn what_is_shown_is_read_back(status in 100_u16..600, key in "[a-z]{1,8}", index in 0_usize..9) {
        for text in [
            format!("[STATUS] == {status}"),
            format!("[BODY].{key}[{index}] != pat({key}*)"),
            format!("len([BODY].{key}) >= {index}"),
        ] {
            let condition: Condition = text.parse().expect("a condition");
            prop_assert_eq!(condition.to_string(), text);
        }
    }
}
