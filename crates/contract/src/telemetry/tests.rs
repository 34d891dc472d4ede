use super::*;

fn span() -> Span {
    serde_json::from_str(include_str!("../../fixtures/telemetry/span-1.json")).expect("a span")
}

#[test]
fn a_span_is_read_and_written_as_it_always_was() {
    let written = serde_json::to_value(span()).expect("JSON");
    let fixture: serde_json::Value =
        serde_json::from_str(include_str!("../../fixtures/telemetry/span-1.json")).expect("JSON");
    assert_eq!(written, fixture);
}

#[test]
fn what_is_packed_is_smaller_and_the_same() {
    let packed = rmp_serde::to_vec_named(&span()).expect("packed");
    let read: Span = rmp_serde::from_slice(&packed).expect("read");
    assert_eq!(read, span());
    assert!(packed.len() < serde_json::to_vec(&span()).expect("JSON").len());
}

#[test]
fn what_is_no_identifier_is_refused() {
    for text in [
        "",
        "00000000000000000000000000000000",
        "4bf92f3577b34da6a3ce929d0e0e473",
        "+bf92f3577b34da6a3ce929d0e0e4736",
    ] {
        assert!(text.parse::<TraceId>().is_err(), "{text}");
    }
    let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let id = TraceId::of_traceparent(header).expect("a trace");
    assert_eq!(id.to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(TraceId::of_traceparent("nonsense"), None);
}

#[test]
fn a_search_names_what_is_wrong_with_it() {
    let search = Search {
        attribute: Some("=x".to_owned()),
        min_duration_us: Some(2),
        max_duration_us: Some(1),
        ..Search::default()
    };
    let broken = search.validate().expect_err("broken").to_string();
    assert!(broken.contains("must be name=value"), "{broken}");
    assert!(broken.contains("must not be less"), "{broken}");
    let named = Search {
        attribute: Some("a=b=c".to_owned()),
        ..Search::default()
    };
    assert_eq!(named.attribute(), Some(("a", "b=c")));
}
