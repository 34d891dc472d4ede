//! A trace as a picture: a row for each span below its parent, logs below their span, and arrows where messages went.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contract::telemetry::{Joined, Kind, Log, Placed, SpanId, TraceId};

/// Hues that services are told apart by.
const HUES: usize = 8;
/// Most rows of a picture, and most log records below one span.
const MAX_ROWS: usize = 400;
const MAX_LOGS: usize = 5;

type Key = (TraceId, SpanId);

/// All of it, in per cent of its length.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    pub rows: Vec<Row>,
    pub arrows: Vec<Arrow>,
    pub services: Vec<Service>,
    pub start_us: i64,
    pub length_us: u64,
    /// Rows that are left out.
    pub hidden: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    pub name: String,
    /// 1 to 8; the same for the same name, wherever it is shown.
    pub hue: usize,
    pub spans: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub depth: usize,
    pub hue: usize,
    /// Where it begins, and how wide it is.
    pub from: f64,
    pub share: f64,
    /// How long its message waited to be taken up.
    pub waited_us: Option<u64>,
    pub content: Content,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    Span(Box<Placed>),
    Log(Box<Log>),
}

/// From where a message was published to where it was taken up, by the numbers of their rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrow {
    pub from_row: usize,
    pub to_row: usize,
    pub from: f64,
    pub to: f64,
}

/// Draws what was read.
pub fn draw(joined: &Joined) -> Picture {
    let spans: HashMap<Key, &Placed> = joined.spans.iter().map(|one| (key(one), one)).collect();
    let start_us = joined.spans.iter().map(|one| one.span.start_us).min();
    let start_us = start_us.unwrap_or_default();
    let end_us = joined.spans.iter().map(|one| one.span.end_us()).max();
    let length = end_us.unwrap_or(start_us).saturating_sub(start_us);
    let scale = Scale {
        start_us,
        length_us: u64::try_from(length).unwrap_or_default().max(1),
    };
    let mut layout = Layout {
        scale,
        children: children(joined, &spans),
        logs: logs(joined),
        rows: Vec::new(),
        places: HashMap::new(),
    };
    for root in layout.children.remove(&None).unwrap_or_default() {
        layout.add(root, 0, &spans);
    }
    let hidden = layout.rows.len().saturating_sub(MAX_ROWS);
    layout.rows.truncate(MAX_ROWS);
    let arrows = arrows(&layout, joined, &spans);
    Picture {
        arrows,
        services: services(joined),
        start_us,
        length_us: scale.length_us,
        hidden,
        rows: layout.rows,
    }
}

/// The hue of a service: the same wherever it is shown.
pub fn hue(service: &str) -> usize {
    let hash = service.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    // These bits tell our own services apart.
    usize::try_from(hash >> 13).unwrap_or_default() % HUES + 1
}

/// A length of time: "850 us", "12.5 ms", "3.2 s".
pub fn length(us: u64) -> String {
    if us < 1_000 {
        return format!("{us} µs");
    }
    #[expect(clippy::cast_precision_loss, reason = "three digits are told")]
    let ms = us as f64 / 1_000.0;
    super::figure::milliseconds(ms)
}

#[derive(Debug, Clone, Copy)]
struct Scale {
    start_us: i64,
    length_us: u64,
}

impl Scale {
    fn place(self, at_us: i64) -> f64 {
        self.share(u64::try_from(at_us.saturating_sub(self.start_us)).unwrap_or_default())
    }

    #[expect(clippy::cast_precision_loss, reason = "a place on a screen")]
    fn share(self, us: u64) -> f64 {
        us as f64 / self.length_us as f64 * 100.0
    }
}

struct Layout<'a> {
    scale: Scale,
    children: BTreeMap<Option<Key>, Vec<&'a Placed>>,
    logs: HashMap<Key, Vec<&'a Log>>,
    rows: Vec<Row>,
    places: HashMap<Key, usize>,
}

impl<'a> Layout<'a> {
    fn add(&mut self, one: &'a Placed, depth: usize, spans: &HashMap<Key, &'a Placed>) {
        let key = key(one);
        if self.places.contains_key(&key) {
            return;
        }
        self.places.insert(key, self.rows.len());
        let (from, share) = (
            self.scale.place(one.span.start_us),
            self.scale.share(one.span.duration_us),
        );
        self.rows.push(Row {
            depth,
            hue: hue(&one.service),
            from,
            share,
            waited_us: waited_us(one, spans),
            content: Content::Span(Box::new(one.clone())),
        });
        for log in self
            .logs
            .remove(&key)
            .unwrap_or_default()
            .into_iter()
            .take(MAX_LOGS)
        {
            self.rows.push(Row {
                depth: depth + 1,
                hue: hue(&log.service),
                from: self.scale.place(log.record.at_us),
                share: 0.0,
                waited_us: None,
                content: Content::Log(Box::new(log.clone())),
            });
        }
        for child in self.children.remove(&Some(key)).unwrap_or_default() {
            self.add(child, depth + 1, spans);
        }
    }
}

/// By their parent, earliest first; those whose parent is not here have none.
fn children<'a>(
    joined: &'a Joined,
    spans: &HashMap<Key, &Placed>,
) -> BTreeMap<Option<Key>, Vec<&'a Placed>> {
    let mut children: BTreeMap<Option<Key>, Vec<&Placed>> = BTreeMap::new();
    for one in &joined.spans {
        let parent = one.span.parent_id.map(|id| (one.span.trace_id, id));
        let parent = parent.filter(|parent| spans.contains_key(parent) && *parent != key(one));
        children.entry(parent).or_default().push(one);
    }
    for siblings in children.values_mut() {
        siblings.sort_by_key(|one| (one.span.start_us, one.span.span_id));
    }
    children
}

fn logs(joined: &Joined) -> HashMap<Key, Vec<&Log>> {
    let mut logs: HashMap<Key, Vec<&Log>> = HashMap::new();
    for log in &joined.logs {
        if let (Some(trace), Some(span)) = (log.record.trace_id, log.record.span_id) {
            logs.entry((trace, span)).or_default().push(log);
        }
    }
    logs
}

/// The spans whose messages a span took up.
fn senders<'a>(one: &Placed, spans: &HashMap<Key, &'a Placed>) -> Vec<&'a Placed> {
    let parent = one
        .span
        .parent_id
        .filter(|_| one.span.kind == Kind::Consumer);
    let parent = parent.map(|id| (one.span.trace_id, id));
    let links = one
        .span
        .links
        .iter()
        .map(|link| (link.trace_id, link.span_id));
    let senders = parent.into_iter().chain(links);
    senders.filter_map(|key| spans.get(&key).copied()).collect()
}

/// From the end of the latest of them to its own start.
fn waited_us(one: &Placed, spans: &HashMap<Key, &Placed>) -> Option<u64> {
    let senders = senders(one, spans);
    let sent_us = senders.iter().map(|sender| sender.span.end_us()).max()?;
    Some(u64::try_from(one.span.start_us.saturating_sub(sent_us)).unwrap_or_default())
}

fn arrows(layout: &Layout<'_>, joined: &Joined, spans: &HashMap<Key, &Placed>) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    for one in &joined.spans {
        let Some(&to_row) = layout.places.get(&key(one)) else {
            continue;
        };
        for sender in senders(one, spans) {
            let Some(&from_row) = layout.places.get(&key(sender)) else {
                continue;
            };
            if from_row < MAX_ROWS && to_row < MAX_ROWS {
                arrows.push(Arrow {
                    from_row,
                    to_row,
                    from: layout.scale.place(sender.span.end_us()),
                    to: layout.scale.place(one.span.start_us),
                });
            }
        }
    }
    arrows
}

fn services(joined: &Joined) -> Vec<Service> {
    let names: BTreeSet<&str> = joined
        .spans
        .iter()
        .map(|one| one.service.as_str())
        .collect();
    let service = |name: &str| Service {
        name: name.to_owned(),
        hue: hue(name),
        spans: joined
            .spans
            .iter()
            .filter(|one| one.service == name)
            .count(),
    };
    names.into_iter().map(service).collect()
}

fn key(one: &Placed) -> Key {
    (one.span.trace_id, one.span.span_id)
}
