//! The client span of a request (OpenTelemetry semantic conventions for HTTP).

use std::net::SocketAddr;

use http::header::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::global;
use opentelemetry::propagation::Injector;
use tracing::{Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::request::Request;
use crate::check::Failure;

pub(super) fn span(request: &Request) -> Span {
    let url = &request.url;
    tracing::info_span!(
        "http client",
        otel.name = request.method.as_str(),
        otel.kind = "client",
        http.request.method = request.method.as_str(),
        url.scheme = url.scheme(),
        server.address = url.host_str(),
        server.port = url.port_or_known_default(),
        network.peer.address = field::Empty,
        http.response.status_code = field::Empty,
        error.type = field::Empty,
        otel.status_code = field::Empty,
    )
}

pub(super) fn record(
    span: &Span,
    address: Option<SocketAddr>,
    status: Option<u16>,
    failure: Option<&Failure>,
) {
    if let Some(address) = address {
        span.record("network.peer.address", field::display(address.ip()));
    }
    if let Some(status) = status {
        span.record("http.response.status_code", status);
    }
    let error = match (failure, status) {
        (Some(failure), _) => failure.reason.as_str().to_owned(),
        (None, Some(status)) if status >= 400 => status.to_string(),
        _ => return,
    };
    span.record("error.type", error);
    span.record("otel.status_code", "ERROR");
}

/// Tells the target of our trace.
pub(super) fn inject(span: &Span, headers: &mut HeaderMap) {
    global::get_text_map_propagator(|propagator| {
        propagator.inject_context(&span.context(), &mut Headers(headers));
    });
}

struct Headers<'a>(&'a mut HeaderMap);

impl Injector for Headers<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}
