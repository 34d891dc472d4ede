//! Spans, and the edges between them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::{self, Write as _};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1 as wire;

/// A finished span. Identifiers are lower-case hex.
#[derive(Debug, Clone)]
pub struct Span {
    pub service: String,
    pub name: String,
    /// `internal`, `server`, `client`, `producer` or `consumer`.
    pub kind: &'static str,
    pub trace: String,
    pub id: String,
    pub parent: Option<String>,
    /// (trace, span) of what this span was joined with.
    pub links: Vec<(String, String)>,
    pub attributes: BTreeMap<String, String>,
    pub is_error: bool,
}

/// How a span is joined to an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Join {
    Parent,
    Link,
}

/// "The span `to` of service B happened because of the span `from` of service A."
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// (service, span name)
    pub from: (String, String),
    pub to: (String, String),
    pub join: Join,
}

/// Spans that were received, indexed by identifier.
#[derive(Debug, Clone)]
pub struct Spans {
    all: Vec<Span>,
    by_id: HashMap<(String, String), usize>,
}

impl Spans {
    pub(super) fn new(all: Vec<Span>) -> Self {
        let by_id = all
            .iter()
            .enumerate()
            .map(|(index, span)| ((span.trace.clone(), span.id.clone()), index))
            .collect();
        Self { all, by_id }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Span> {
        self.all.iter()
    }

    /// The spans of one trace, in the order of their arrival.
    pub fn of_trace<'a>(&'a self, trace: &'a str) -> impl Iterator<Item = &'a Span> {
        self.iter().filter(move |span| span.trace == trace)
    }

    pub fn parent(&self, span: &Span) -> Option<&Span> {
        self.find(&span.trace, span.parent.as_ref()?)
    }

    /// The spans that this one links to, as far as they have arrived.
    pub fn linked<'a>(&'a self, span: &'a Span) -> impl Iterator<Item = &'a Span> {
        span.links
            .iter()
            .filter_map(|(trace, id)| self.find(trace, id))
    }

    /// What `span` came from, by parent and by links, up to the roots: the nearest first.
    pub fn causes<'a>(&'a self, span: &'a Span) -> Vec<&'a Span> {
        let mut found: Vec<&Span> = Vec::new();
        let mut open = vec![span];
        while let Some(next) = open.pop() {
            for cause in self.parent(next).into_iter().chain(self.linked(next)) {
                if !found.iter().any(|known| known.id == cause.id) {
                    found.push(cause);
                    open.push(cause);
                }
            }
        }
        found
    }

    /// Every kind of join between spans that was seen.
    pub fn edges(&self) -> BTreeSet<Edge> {
        self.all
            .iter()
            .flat_map(|span| {
                let parents = self.parent(span).into_iter().map(|it| (it, Join::Parent));
                let links = self.linked(span).map(|it| (it, Join::Link));
                parents
                    .chain(links)
                    .map(|(cause, join)| Edge::new(cause, span, join))
            })
            .collect()
    }

    fn find(&self, trace: &str, id: &str) -> Option<&Span> {
        let index = self.by_id.get(&(trace.to_owned(), id.to_owned()))?;
        self.all.get(*index)
    }
}

impl Edge {
    fn new(from: &Span, to: &Span, join: Join) -> Self {
        let end = |span: &Span| (span.service.clone(), span.name.clone());
        Self {
            from: end(from),
            to: end(to),
            join,
        }
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arrow = match self.join {
            Join::Parent => "->",
            Join::Link => "~>",
        };
        let (from, to) = (&self.from, &self.to);
        write!(f, "{}: {} {arrow} {}: {}", from.0, from.1, to.0, to.1)
    }
}

pub(super) fn flatten(request: ExportTraceServiceRequest) -> impl Iterator<Item = Span> {
    request.resource_spans.into_iter().flat_map(|group| {
        let service = service(group.resource.as_ref());
        let spans = group.scope_spans.into_iter().flat_map(|scope| scope.spans);
        spans.map(move |span| read(&service, span))
    })
}

pub(super) fn service(resource: Option<&Resource>) -> String {
    resource
        .into_iter()
        .flat_map(|resource| &resource.attributes)
        .find(|attribute| attribute.key == "service.name")
        .and_then(|attribute| attribute.value.clone())
        .map(text)
        .unwrap_or_default()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

pub(super) fn text(value: AnyValue) -> String {
    match value.value {
        Some(Value::StringValue(text)) => text,
        Some(Value::BoolValue(value)) => value.to_string(),
        Some(Value::IntValue(value)) => value.to_string(),
        Some(Value::DoubleValue(value)) => value.to_string(),
        Some(other) => format!("{other:?}"),
        None => String::new(),
    }
}

fn read(service: &str, span: wire::Span) -> Span {
    let is_error = span
        .status
        .as_ref()
        .is_some_and(|status| status.code() == wire::status::StatusCode::Error);
    Span {
        service: service.to_owned(),
        kind: kind(&span),
        trace: hex(&span.trace_id),
        id: hex(&span.span_id),
        parent: (!span.parent_span_id.is_empty()).then(|| hex(&span.parent_span_id)),
        links: span
            .links
            .iter()
            .map(|link| (hex(&link.trace_id), hex(&link.span_id)))
            .collect(),
        attributes: span.attributes.into_iter().map(attribute).collect(),
        is_error,
        name: span.name,
    }
}

fn kind(span: &wire::Span) -> &'static str {
    match span.kind() {
        wire::span::SpanKind::Server => "server",
        wire::span::SpanKind::Client => "client",
        wire::span::SpanKind::Producer => "producer",
        wire::span::SpanKind::Consumer => "consumer",
        wire::span::SpanKind::Internal | wire::span::SpanKind::Unspecified => "internal",
    }
}

fn attribute(attribute: KeyValue) -> (String, String) {
    let value = attribute.value.map(text).unwrap_or_default();
    (attribute.key, value)
}
