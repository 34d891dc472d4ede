//! A map of services: who asks stands left of who answers.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use contract::telemetry::{Edge, Load, Map};

/// The size of a node, and of the room it stands in.
pub const WIDTH: i32 = 176;
pub const HEIGHT: i32 = 64;
const COLUMN: i32 = 292;
const LINE: i32 = 108;
const MARGIN: i32 = 12;

#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    pub nodes: Vec<Placed>,
    pub edges: Vec<Curve>,
    pub width: i32,
    pub height: i32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    pub service: String,
    pub load: Load,
    pub x: i32,
    pub y: i32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    pub edge: Edge,
    /// Of an SVG path.
    pub path: String,
    /// Where its rate is written.
    pub label: (i32, i32),
}

/// Places services in columns and lines, and draws who speaks to whom.
pub fn draw(map: &Map) -> Drawing {
    let columns = columns(map);
    let mut lines: BTreeMap<usize, i32> = BTreeMap::new();
    let mut nodes = Vec::new();
    for node in &map.nodes {
        let column = columns
            .get(node.service.as_str())
            .copied()
            .unwrap_or_default();
        let line = lines.entry(column).or_default();
        nodes.push(Placed {
            service: node.service.clone(),
            load: node.load,
            x: MARGIN + i32::try_from(column).unwrap_or_default() * COLUMN,
            y: MARGIN + *line * LINE,
        });
        *line += 1;
    }
    let place = |service: &str| nodes.iter().find(|node| node.service == service);
    let edges = map.edges.iter().filter_map(|edge| {
        let (from, to) = (place(&edge.from)?, place(&edge.to)?);
        let (path, label) = curve(from, to);
        let edge = edge.clone();
        Some(Curve { edge, path, label })
    });
    let edges = edges.collect();
    let width = nodes
        .iter()
        .map(|node| node.x + WIDTH)
        .max()
        .unwrap_or_default()
        + MARGIN;
    // A way back goes below everything.
    let height = nodes
        .iter()
        .map(|node| node.y + HEIGHT)
        .max()
        .unwrap_or_default()
        + 3 * MARGIN;
    Drawing {
        nodes,
        edges,
        width,
        height,
    }
}

/// "12 / s", "0.4 / s".
pub fn rate(per_s: f64) -> String {
    format!(
        "{}/s",
        super::figure::digits((per_s * 100.0).round() / 100.0)
    )
}

/// How far from those who ask first each service stands. Circles are cut where they close.
fn columns(map: &Map) -> BTreeMap<&str, usize> {
    let asked: BTreeSet<&str> = map.edges.iter().map(|edge| edge.to.as_str()).collect();
    let all = || map.nodes.iter().map(|node| node.service.as_str());
    let first: Vec<&str> = all().filter(|name| !asked.contains(name)).collect();
    let first = if first.is_empty() {
        all().take(1).collect()
    } else {
        first
    };
    let mut columns: BTreeMap<&str, usize> = BTreeMap::new();
    let mut waiting: std::collections::VecDeque<&str> = first.into();
    for name in &waiting {
        columns.insert(name, 0);
    }
    while let Some(name) = waiting.pop_front() {
        let next = columns[name] + 1;
        for edge in map.edges.iter().filter(|edge| edge.from == name) {
            if !columns.contains_key(edge.to.as_str()) {
                columns.insert(&edge.to, next);
                waiting.push_back(&edge.to);
            }
        }
    }
    columns
}

fn curve(from: &Placed, to: &Placed) -> (String, (i32, i32)) {
    let middle = HEIGHT / 2;
    let (x1, y1, x2, y2) = (from.x + WIDTH, from.y + middle, to.x, to.y + middle);
    if x2 > x1 {
        let bend = (x2 - x1) / 2;
        let path = format!("M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}", x1 + bend, x2 - bend);
        return (path, (x1 + bend, i32::midpoint(y1, y2) - 6));
    }
    // In one column, or back: from below to below.
    let (x1, x2) = (from.x + WIDTH / 2, to.x + WIDTH / 2);
    if from.x == to.x {
        let (y1, y2) = if from.y < to.y {
            (from.y + HEIGHT, to.y)
        } else {
            (from.y, to.y + HEIGHT)
        };
        return (
            format!("M{x1} {y1}L{x2} {y2}"),
            (x1 + 6, i32::midpoint(y1, y2) + 4),
        );
    }
    let (y1, y2) = (from.y + HEIGHT, to.y + HEIGHT);
    let low = y1.max(y2) + 24;
    let path = format!("M{x1} {y1}C{x1} {low} {x2} {low} {x2} {y2}");
    (path, (i32::midpoint(x1, x2), low - 8))
}
