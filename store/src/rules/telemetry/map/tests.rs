use contract::telemetry::{Link, Status};

use super::super::piece::tests::{group, id, span, trace};
use super::*;

fn of_kind(of: u64, n: u64, kind: Kind) -> Span {
    let mut span = span(of, n, "work");
    span.kind = kind;
    span
}

/// A page asks the store, which asks Postgres; ingress publishes what the store takes in a batch of a trace of its own.
fn pieces() -> Vec<(f32, Vec<Group>)> {
    let mut sql = of_kind(1, 3, Kind::Client);
    sql.attributes
        .insert("db.system.name".to_owned(), "postgresql".into());
    let mut failed = of_kind(1, 2, Kind::Server);
    failed.status = Status::Error;
    let asked = vec![of_kind(1, 0, Kind::Server), of_kind(1, 1, Kind::Client)];
    let mut batch = of_kind(3, 0, Kind::Consumer);
    batch.links = vec![
        Link {
            trace_id: trace(2),
            span_id: id(0),
        },
        Link {
            trace_id: trace(2),
            span_id: id(1),
        },
    ];
    vec![
        (2.0, vec![group("frontend", asked)]),
        (2.0, vec![group("store", vec![failed, sql])]),
        (
            1.0,
            vec![group(
                "ingress",
                vec![of_kind(2, 0, Kind::Producer), of_kind(2, 1, Kind::Producer)],
            )],
        ),
        (1.0, vec![group("store", vec![batch])]),
    ]
}

#[test]
fn edges_are_drawn_along_parents_links_and_databases() {
    let map = draw(&pieces(), 0, 10_000);
    let told: Vec<_> = map
        .edges
        .iter()
        .map(|edge| {
            (
                edge.from.as_str(),
                edge.to.as_str(),
                edge.asynchronous,
                edge.load.per_s,
            )
        })
        .collect();
    let expected = [
        ("frontend", "store", false, 0.2),
        ("ingress", "store", true, 0.1),
        ("store", "postgresql", false, 0.2),
    ];
    assert_eq!(told, expected);
    assert!((map.edges[0].load.error_share - 1.0).abs() < f64::EPSILON);
    assert_eq!(map.edges[0].load.p95_us, 10_000);
}

#[test]
fn everybody_is_a_node_also_who_was_never_asked() {
    let map = draw(&pieces(), 0, 10_000);
    let told: Vec<_> = map.nodes.iter().map(|node| node.service.as_str()).collect();
    assert_eq!(told, ["frontend", "ingress", "postgresql", "store"]);
    assert!(map.nodes[1].load.per_s.abs() < f64::EPSILON);
}

#[test]
fn services_are_not_told_apart_without_end() {
    let pieces = (0..300).map(|n| {
        (
            1.0,
            vec![group(
                &n.to_string(),
                vec![of_kind(n + 1, 0, Kind::Internal)],
            )],
        )
    });
    assert_eq!(
        draw(&pieces.collect::<Vec<_>>(), 0, 1).nodes.len(),
        MAX_SERVICES
    );
}
