use serde_json::{Value, json};

use super::*;

fn span(trace: u8, n: u8, service: &str, start_us: i64, duration_us: u64, more: &Value) -> Value {
    let mut span = json!({
        "trace_id": format!("{trace:032x}"), "span_id": format!("{n:016x}"), "service": service, "name": "work",
        "start_us": start_us, "duration_us": duration_us,
    });
    let fields = span.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    span
}

/// A push, its publish, and the store's batch in a trace of its own that took it up 3 ms later.
fn joined() -> Joined {
    let parent = |n: u8| json!({"parent_id": format!("{n:016x}")});
    let link = json!({"links": [{"trace_id": format!("{:032x}", 1), "span_id": format!("{:016x}", 2)}], "kind": "consumer"});
    let log = json!({"service": "store", "trace_id": format!("{:032x}", 2), "span_id": format!("{:016x}", 3), "at_us": 9_000, "severity": 13, "body": "slow"});
    serde_json::from_value(json!({
        "id": format!("{:032x}", 1), "truncated": false, "logs": [log],
        "spans": [
            span(2, 3, "store", 8_000, 2_000, &link),
            span(1, 2, "ingress", 1_000, 4_000, &parent(1)),
            span(1, 1, "ingress", 0, 6_000, &json!({})),
            span(2, 4, "store", 8_500, 1_000, &parent(3)),
        ],
    }))
    .expect("a trace")
}

#[test]
fn children_are_below_their_parents_and_logs_below_their_spans() {
    let picture = draw(&joined());
    let told: Vec<_> = picture
        .rows
        .iter()
        .map(|row| match &row.content {
            Content::Span(one) => (row.depth, format!("{} {}", one.service, one.span.span_id)),
            Content::Log(log) => (row.depth, log.record.body.clone()),
        })
        .collect();
    let expected = [
        (0, "ingress 0000000000000001"),
        (1, "ingress 0000000000000002"),
        (0, "store 0000000000000003"),
        (1, "slow"),
        (1, "store 0000000000000004"),
    ];
    assert_eq!(told, expected.map(|(depth, text)| (depth, text.to_owned())));
    assert_eq!(
        (
            picture.length_us,
            picture.rows[1].from,
            picture.rows[1].share
        ),
        (10_000, 10.0, 40.0)
    );
}

#[test]
fn a_message_is_an_arrow_that_names_its_wait() {
    let picture = draw(&joined());
    let arrow = Arrow {
        from_row: 1,
        to_row: 2,
        from: 50.0,
        to: 80.0,
    };
    assert_eq!(picture.arrows, [arrow]);
    assert_eq!(picture.rows[2].waited_us, Some(3_000));
    assert_eq!(length(3_000), "3 ms");
    assert_eq!(length(850), "850 µs");
}

#[test]
fn a_service_keeps_its_hue() {
    let picture = draw(&joined());
    let names: Vec<_> = picture
        .services
        .iter()
        .map(|one| (one.name.as_str(), one.hue, one.spans))
        .collect();
    assert_eq!(
        names,
        [("ingress", hue("ingress"), 2), ("store", hue("store"), 2)]
    );
    assert!((1..=8).contains(&hue("anything")));
    let own = ["ingress", "store", "processor", "prober", "frontend"];
    let hues: BTreeSet<usize> = own.map(hue).into();
    assert_eq!(hues.len(), own.len(), "{hues:?}");
}

#[test]
fn a_circle_of_parents_ends() {
    let mut joined = joined();
    joined.spans.truncate(1);
    joined.logs.clear();
    joined.spans[0].span.parent_id = Some(joined.spans[0].span.span_id);
    assert_eq!(draw(&joined).rows.len(), 1);
    joined.spans.clear();
    assert!(draw(&joined).rows.is_empty());
}
