//! Spans.

use contract::telemetry::{Event, Kind, Link, MAX_EVENTS, Signal, Span, SpanId, Status, TraceId};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1 as sent;

use super::gather::{Broken, Gather};
use super::{Records, values};
use crate::protocol::otlp::size;

/// The signal of `/v1/traces`.
pub(crate) struct Spans;

impl Records for Spans {
    const SIGNAL: Signal = Signal::Spans;
    const SHAPE: &'static size::Request = &size::TRACES;
    const REJECTED: &'static str = "rejectedSpans";
    type Request = ExportTraceServiceRequest;

    fn gather(request: Self::Request, gather: &mut Gather) {
        for of_resource in request.resource_spans {
            gather.begin(values::resource(of_resource.resource));
            let scopes = of_resource.scope_spans.into_iter();
            for span in scopes.flat_map(|scope| scope.spans) {
                gather.span(read(span, gather));
            }
        }
    }
}

fn read(span: sent::Span, gather: &Gather) -> Result<Span, Broken> {
    let trace_id = TraceId::from_bytes(&span.trace_id);
    let span_id = SpanId::from_bytes(&span.span_id);
    let trace_id = trace_id.ok_or(Broken("trace_id", "must be 16 bytes, not all of them zero"))?;
    let span_id = span_id.ok_or(Broken("span_id", "must be 8 bytes, not all of them zero"))?;
    if span.name.is_empty() {
        return Err(Broken("name", "must not be empty"));
    }
    let start_us = gather.instant(span.start_time_unix_nano)?;
    let lasted = span
        .end_time_unix_nano
        .checked_sub(span.start_time_unix_nano);
    let lasted = lasted.ok_or(Broken("end_time", "must not be before the start"))?;
    gather.instant(span.end_time_unix_nano)?;
    let status = span.status.unwrap_or_default();
    Ok(Span {
        trace_id,
        span_id,
        parent_id: SpanId::from_bytes(&span.parent_span_id),
        name: values::name(span.name),
        kind: kind(span.kind),
        start_us,
        duration_us: lasted / 1_000,
        status: match status.code {
            1 => Status::Ok,
            2 => Status::Error,
            _ => Status::Unset,
        },
        status_message: values::text(status.message),
        attributes: values::attributes(span.attributes),
        events: span
            .events
            .into_iter()
            .take(MAX_EVENTS)
            .map(event)
            .collect(),
        links: span
            .links
            .iter()
            .filter_map(link)
            .take(MAX_EVENTS)
            .collect(),
    })
}

fn kind(number: i32) -> Kind {
    match number {
        2 => Kind::Server,
        3 => Kind::Client,
        4 => Kind::Producer,
        5 => Kind::Consumer,
        _ => Kind::Internal,
    }
}

fn event(event: sent::span::Event) -> Event {
    Event {
        at_us: i64::try_from(event.time_unix_nano / 1_000).unwrap_or(i64::MAX),
        name: values::name(event.name),
        attributes: values::attributes(event.attributes),
    }
}

fn link(link: &sent::span::Link) -> Option<Link> {
    Some(Link {
        trace_id: TraceId::from_bytes(&link.trace_id)?,
        span_id: SpanId::from_bytes(&link.span_id)?,
    })
}
