//! Who spoke to whom, and how it went.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use contract::telemetry::{Edge, Group, Kind, Load, Map, Node, Span, SpanId, TraceId};

/// Most services that are told apart.
const MAX_SERVICES: usize = 100;

type Key = (TraceId, SpanId);

/// What happened between two, or in one.
#[derive(Debug, Default)]
struct Tally {
    count: f64,
    failed: f64,
    durations: Vec<u64>,
}

/// A span as far as the map is concerned.
struct Seen<'a> {
    service: &'a str,
    span: &'a Span,
    weight: f64,
}

/// The map of these pieces, each with how many it stands for.
pub(crate) fn draw(pieces: &[(f32, Vec<Group>)], from_ms: i64, to_ms: i64) -> Map {
    let mut spans: HashMap<Key, Seen<'_>> = HashMap::new();
    for (weight, groups) in pieces {
        for group in groups {
            for span in &group.spans {
                let seen = Seen {
                    service: &group.resource.service,
                    span,
                    weight: f64::from(*weight),
                };
                spans.insert((span.trace_id, span.span_id), seen);
            }
        }
    }
    let mut nodes: BTreeMap<String, Tally> = BTreeMap::new();
    let mut edges: BTreeMap<(String, String, bool), Tally> = BTreeMap::new();
    for seen in spans.values() {
        if matches!(seen.span.kind, Kind::Server | Kind::Consumer) {
            add(&mut nodes, seen.service.to_owned(), seen);
        }
        for (from, asynchronous) in callers(seen, &spans) {
            let edge = (from.to_owned(), seen.service.to_owned(), asynchronous);
            add(&mut edges, edge, seen);
        }
        if let Some(outside) = outside(seen.span) {
            add(
                &mut edges,
                (seen.service.to_owned(), outside.clone(), false),
                seen,
            );
            add(&mut nodes, outside, seen);
        }
    }
    for service in spans.values().map(|seen| seen.service) {
        if nodes.len() < MAX_SERVICES && !nodes.contains_key(service) {
            nodes.insert(service.to_owned(), Tally::default());
        }
    }
    edges.retain(|(from, to, _), _| nodes.contains_key(from) && nodes.contains_key(to));
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a window")]
    let seconds = ((to_ms - from_ms).max(1) as f64) / 1_000.0;
    let node = |(service, tally): (String, Tally)| Node {
        service,
        load: tally.load(seconds),
    };
    let edge = |((from, to, asynchronous), tally): ((String, String, bool), Tally)| Edge {
        from,
        to,
        asynchronous,
        load: tally.load(seconds),
    };
    Map {
        from_ms,
        to_ms,
        nodes: nodes.into_iter().map(node).collect(),
        edges: edges.into_iter().map(edge).collect(),
    }
}

fn add<K: Ord>(tallies: &mut BTreeMap<K, Tally>, key: K, seen: &Seen<'_>) {
    if tallies.len() >= MAX_SERVICES * 10 && !tallies.contains_key(&key) {
        return;
    }
    let tally = tallies.entry(key).or_default();
    tally.count += seen.weight;
    if seen.span.failed() {
        tally.failed += seen.weight;
    }
    tally.durations.push(seen.span.duration_us);
}

/// Other services that caused a span: its parent's, or those whose messages it took.
fn callers<'a>(seen: &Seen<'_>, spans: &HashMap<Key, Seen<'a>>) -> Vec<(&'a str, bool)> {
    let parent = seen.span.parent_id.map(|id| (seen.span.trace_id, id));
    let parent = parent.and_then(|key| spans.get(&key));
    let asynchronous = seen.span.kind == Kind::Consumer;
    let parent = parent.map(|parent| (parent.service, asynchronous));
    let links = seen.span.links.iter();
    let links = links.filter_map(|link| spans.get(&(link.trace_id, link.span_id)));
    let mut callers: Vec<_> = parent
        .into_iter()
        .chain(links.map(|linked| (linked.service, true)))
        .filter(|(service, _)| *service != seen.service)
        .collect();
    callers.sort_unstable();
    callers.dedup();
    callers
}

/// Who is called without recording anything itself.
fn outside(span: &Span) -> Option<String> {
    if span.kind != Kind::Client {
        return None;
    }
    let database = span.attributes.get("db.system.name");
    let server = || {
        span.attributes
            .get("server.address")
            .filter(|_| span.attributes.contains_key("http.request.method"))
    };
    Some(database.or_else(server)?.to_string())
}

impl Tally {
    fn load(mut self, seconds: f64) -> Load {
        self.durations.sort_unstable();
        let at = |per_cent: usize| {
            let last = self.durations.len().saturating_sub(1);
            self.durations
                .get(last * per_cent / 100)
                .copied()
                .unwrap_or_default()
        };
        Load {
            per_s: self.count / seconds,
            error_share: if self.count > 0.0 {
                self.failed / self.count
            } else {
                0.0
            },
            p50_us: at(50),
            p95_us: at(95),
            p99_us: at(99),
        }
    }
}
