//! Trace context in message headers, and the spans of messaging (OpenTelemetry semantic conventions).

use async_nats::{HeaderMap, HeaderName, HeaderValue};
use contract::header;
use contract::id::TenantId;
use contract::rpc::Caller;
use contract::stream::Durable;
use contract::subject::Subject;
use contract::subject::parse;
use opentelemetry::propagation::{Extractor, Injector};
use opentelemetry::trace::{FutureExt, TraceContextExt};
use opentelemetry::{Context, global};
use tracing::{Instrument, Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::Message;

/// Most links one span carries.
const MAX_LINKS: usize = 128;

/// Runs `work` within its span, or with nothing recorded at all.
pub(crate) async fn observe<T>(span: &Span, unobserved: bool, work: impl Future<Output = T>) -> T {
    if unobserved {
        work.with_context(Context::current().with_telemetry_suppressed())
            .await
    } else {
        work.instrument(span.clone()).await
    }
}

/// Whether a message is telemetry, or comes from it.
pub(crate) fn is_unobserved(headers: &HeaderMap) -> bool {
    headers.get(header::UNOBSERVED).is_some()
}

/// Writes the current span's context into a message, or that nothing is to be recorded of it.
pub(crate) fn inject(headers: &mut HeaderMap) {
    if Context::is_current_telemetry_suppressed() {
        headers.insert(header::UNOBSERVED, "1");
        return;
    }
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

pub(crate) fn publish_span(subject: &Subject, message_id: &str) -> Span {
    let template = subject.template();
    let span = tracing::info_span!(
        "publish",
        otel.name = format!("publish {template}"),
        otel.kind = "producer",
        messaging.system = "nats",
        messaging.operation.name = "publish",
        messaging.operation.type = "send",
        messaging.destination.template = template,
        messaging.message.id = message_id,
        overseer.tenant.id = field::Empty,
        error.type = field::Empty,
        otel.status_code = field::Empty,
    );
    about(&span, parse::tenant(subject.as_str()));
    span
}

/// The span of one message: a child of its publisher's, with a link to the writer of the schedule it comes from. None for
/// what is not to be observed.
pub(crate) fn process_span<M>(durable: &Durable, message: &Message<M>) -> Span {
    let headers = &message.headers;
    if is_unobserved(headers) {
        return Span::none();
    }
    let span = consumer_span(durable);
    about(&span, parse::tenant(&message.subject));
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

/// The span of a batch, with links to the publishers of its messages; whose work it is where that is one tenant's. None where
/// no message of it is to be observed.
pub(crate) fn batch_span<M>(durable: &Durable, messages: &[Message<M>]) -> Span {
    if messages
        .iter()
        .all(|message| is_unobserved(&message.headers))
    {
        return Span::none();
    }
    let span = consumer_span(durable);
    span.record("messaging.batch.message_count", messages.len());
    let mut tenants = messages
        .iter()
        .map(|message| parse::tenant(&message.subject));
    let first = tenants.next().flatten();
    if tenants.all(|tenant| tenant == first) {
        about(&span, first);
    }
    let observed = messages.iter().map(|message| &message.headers);
    observed
        .filter(|headers| !is_unobserved(headers))
        .take(MAX_LINKS)
        .for_each(|headers| add_link(&span, headers));
    span
}

pub(crate) fn ask_span(template: &str, caller: &Caller) -> Span {
    let span = tracing::info_span!(
        "request",
        otel.name = format!("request {template}"),
        otel.kind = "client",
        messaging.system = "nats",
        messaging.operation.name = "request",
        messaging.operation.type = "send",
        messaging.destination.name = template,
        overseer.tenant.id = field::Empty,
        error.type = field::Empty,
        otel.status_code = field::Empty,
    );
    about(&span, caller.tenant());
    span
}

/// None where the asker is not to be observed.
pub(crate) fn answer_span(subject: &str, headers: &HeaderMap, caller: Option<&Caller>) -> Span {
    if is_unobserved(headers) {
        return Span::none();
    }
    let span = tracing::info_span!(
        parent: None,
        "answer",
        otel.name = format!("answer {subject}"),
        otel.kind = "server",
        messaging.system = "nats",
        messaging.operation.name = "answer",
        messaging.operation.type = "process",
        messaging.destination.name = subject,
        overseer.tenant.id = field::Empty,
        error.type = field::Empty,
        otel.status_code = field::Empty,
    );
    about(&span, caller.and_then(Caller::tenant));
    set_parent(&span, extract(headers));
    span
}

/// Marks a span as failed with a low-cardinality reason.
pub(crate) fn fail(span: &Span, error: &'static str) {
    span.record("error.type", error);
    span.record("otel.status_code", "ERROR");
}

/// Says whose work it is: [`contract::telemetry::ABOUT`].
fn about(span: &Span, tenant: Option<TenantId>) {
    if let Some(tenant) = tenant {
        span.record("overseer.tenant.id", field::display(tenant));
    }
}

fn consumer_span(durable: &Durable) -> Span {
    let template = durable.template;
    tracing::info_span!(
        parent: None,
        "process",
        otel.name = format!("process {template}"),
        otel.kind = "consumer",
        messaging.system = "nats",
        messaging.operation.name = "process",
        messaging.operation.type = "process",
        messaging.destination.template = template,
        messaging.consumer.group.name = durable.name,
        messaging.batch.message_count = field::Empty,
        overseer.tenant.id = field::Empty,
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
