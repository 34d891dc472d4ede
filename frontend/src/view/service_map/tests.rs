use contract::telemetry::Node;

use super::*;

fn map(edges: &[(&str, &str)]) -> Map {
    let names: BTreeSet<&str> = edges.iter().flat_map(|(from, to)| [*from, *to]).collect();
    let node = |name: &str| Node {
        service: name.to_owned(),
        load: Load::default(),
    };
    let edge = |(from, to): &(&str, &str)| Edge {
        from: (*from).to_owned(),
        to: (*to).to_owned(),
        asynchronous: false,
        load: Load::default(),
    };
    Map {
        nodes: names.into_iter().map(node).collect(),
        edges: edges.iter().map(edge).collect(),
        ..Map::default()
    }
}

fn places(edges: &[(&str, &str)]) -> Vec<(String, i32, i32)> {
    let place = |node: Placed| {
        (
            node.service,
            (node.x - MARGIN) / COLUMN,
            (node.y - MARGIN) / LINE,
        )
    };
    draw(&map(edges)).nodes.into_iter().map(place).collect()
}

#[test]
fn who_asks_stands_left_of_who_answers() {
    let told = places(&[
        ("frontend", "store"),
        ("ingress", "store"),
        ("store", "postgresql"),
    ]);
    let expected = [
        ("frontend", 0, 0),
        ("ingress", 0, 1),
        ("postgresql", 2, 0),
        ("store", 1, 0),
    ];
    assert_eq!(told, expected.map(|(name, x, y)| (name.to_owned(), x, y)));
}

#[test]
fn circles_and_emptiness_are_drawn_too() {
    let told = places(&[("a", "b"), ("b", "a")]);
    assert_eq!(told, [("a".to_owned(), 0, 0), ("b".to_owned(), 1, 0)]);
    assert_eq!(draw(&map(&[("a", "b"), ("b", "a")])).edges.len(), 2);
    assert!(draw(&Map::default()).nodes.is_empty());
}

#[test]
fn a_rate_is_short() {
    assert_eq!(rate(0.333_333), "0.33/s");
    assert_eq!(rate(12.0), "12/s");
}
