//! Trace context in message headers, and the spans of messaging (OpenTelemetry semantic conventions).

use async_nats::{HeaderMap, HeaderName, HeaderValue};
use contract::header;
use opentelemetry::propagation::{Extractor, Injector};
use opentelemetry::trace::TraceContextExt;
use opentelemetry::{Context, global};
use tracing::{Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Most links one span carries.
const MAX_LINKS: usize = 128;

/// Writes the current span's context into a message.
pub(crate) fn inject(headers: &mut HeaderMap) {
    let context = Span::current().context();
    global::get_text_map_propagator(|propagator| {
        propagator.inject_context(&context, &mut HeaderInjector(headers));
    });
}

/// The current span's context in the one line of a `traceparent`.
pub(crate) fn current_traceparent() -> Option<String> {
    let mut headers = HeaderMap::new();
    inject(&mut headers);
    headers
        .get("traceparent")
        .map(|value| value.as_str().to_owned())
}

/// The context of the span that published a message.
pub(crate) fn extract(headers: &HeaderMap) -> Context {
    global::get_text_map_propagator(|propagator| {
        propagator.extract_with_context(&Context::new(), &HeaderExtractor(headers))
    })
}

pub(crate) fn publish_span(template: &'static str, message_id: &str) -> Span {
    tracing::info_span!(
        "publish",
        otel.name = format!("publish {template}"),
        otel.kind = "producer",
        messaging.system = "nats",
        messaging.operation.name = "publish",
        messaging.operation.type = "send",
        messaging.destination.template = template,
        messaging.message.id = message_id,
        error.type = field::Empty,
        otel.status_code = field::Empty,
    )
}

/// The span of one message: a child of its publisher's, with a link to the writer of the schedule it comes from.
pub(crate) fn process_span(template: &'static str, durable: &str, headers: &HeaderMap) -> Span {
    let span = consumer_span(template, durable);
    let parent = extract(headers);
    if parent.span().span_context().is_valid() {
        set_parent(&span, parent);
    }
    if let Some(scheduler) = headers.get(header::SCHEDULED_BY) {
        let mut link = HeaderMap::new();
        link.insert("traceparent", scheduler.as_str());
        add_link(&span, &link);
    }
    span
}

/// The span of a batch, with links to the publishers of its messages.
pub(crate) fn batch_span<'a>(
    template: &'static str,
    durable: &str,
    messages: impl ExactSizeIterator<Item = &'a HeaderMap>,
) -> Span {
    let span = consumer_span(template, durable);
    span.record("messaging.batch.message_count", messages.len());
    messages
        .take(MAX_LINKS)
        .for_each(|headers| add_link(&span, headers));
    span
}

pub(crate) fn ask_span(template: &str) -> Span {
    tracing::info_span!(
        "request",
        otel.name = format!("request {template}"),
        otel.kind = "client",
        messaging.system = "nats",
        messaging.operation.name = "request",
        messaging.operation.type = "send",
        messaging.destination.name = template,
        error.type = field::Empty,
        otel.status_code = field::Empty,
    )
}

pub(crate) fn answer_span(subject: &str, headers: &HeaderMap) -> Span {
    let span = tracing::info_span!(
        parent: None,
        "answer",
        otel.name = format!("answer {subject}"),
        otel.kind = "server",
        messaging.system = "nats",
        messaging.operation.name = "answer",
        messaging.operation.type = "process",
        messaging.destination.name = subject,
        error.type = field::Empty,
        otel.status_code = field::Empty,
    );
    set_parent(&span, extract(headers));
    span
}

/// Marks a span as failed with a low-cardinality reason.
pub(crate) fn fail(span: &Span, error: &'static str) {
    span.record("error.type", error);
    span.record("otel.status_code", "ERROR");
}

fn consumer_span(template: &'static str, durable: &str) -> Span {
    tracing::info_span!(
        parent: None,
        "process",
        otel.name = format!("process {template}"),
        otel.kind = "consumer",
        messaging.system = "nats",
        messaging.operation.name = "process",
        messaging.operation.type = "process",
        messaging.destination.template = template,
        messaging.consumer.group.name = durable,
        messaging.batch.message_count = field::Empty,
        error.type = field::Empty,
        otel.status_code = field::Empty,
    )
}

fn set_parent(span: &Span, parent: Context) {
    // Fails only for a span that no OpenTelemetry layer sees: then there is no trace to join.
    let _ = span.set_parent(parent);
}

fn add_link(span: &Span, headers: &HeaderMap) {
    let context = extract(headers).span().span_context().clone();
    if context.is_valid() {
        span.add_link(context);
    }
}

struct HeaderInjector<'a>(&'a mut HeaderMap);

impl Injector for HeaderInjector<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(key), Ok(value)) = (key.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            self.0.insert(key, value);
        }
    }
}

struct HeaderExtractor<'a>(&'a HeaderMap);

impl Extractor for HeaderExtractor<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(HeaderValue::as_str)
    }

    fn keys(&self) -> Vec<&str> {
        self.0
            .iter()
            .map(|(name, _)| -> &str { name.as_ref() })
            .collect()
    }
}
