//! Serving HTTP: spans, metrics, panics, deadlines and draining around a router.

mod connections;
mod metrics;

use std::any::Any;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use opentelemetry::global;
use opentelemetry::propagation::Extractor;
use opentelemetry::trace::TraceContextExt;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::{Instrument, Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::problem::ProblemResponse;
use crate::unobserved::{self, Forgotten};
use metrics::Metrics;
pub(crate) use metrics::{DURATIONS, method_name};

/// Until the head of the answer; streams may go on for longer.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

pub(crate) async fn serve(
    listener: tokio::net::TcpListener,
    router: Router,
    stop: CancellationToken,
) {
    let router = router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(answer_in_time))
        .layer(middleware::from_fn_with_state(Metrics::new(), observe));
    connections::serve(listener, router, connections::HEAD_WITHIN, stop).await;
}

async fn answer_in_time(request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(ANSWER_WITHIN, next.run(request)).await;
    answer.unwrap_or_else(|_| {
        let title = "this takes too long at the moment, or the request does not come to its end";
        ProblemResponse::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", title)
            .retry_after_s(10)
            .into_response()
    })
}

async fn observe(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let _under_way = metrics.begin();
    let method = method_name(request.method());
    let declared_bytes = metrics::declared_bytes(request.headers());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let span = server_span(method, &route, request.headers());
    let response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    if response.extensions().get::<Forgotten>().is_some() {
        span.record(unobserved::ATTRIBUTE, true);
    }
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", status.as_u16());
    }
    metrics.finish(method, route, status, begun.elapsed(), declared_bytes);
    response
}

fn server_span(method: &str, route: &str, headers: &HeaderMap) -> Span {
    let span = tracing::info_span!(
        parent: None,
        "http",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        http.request.method = method,
        http.route = route,
        http.response.status_code = field::Empty,
        overseer.unobserved = field::Empty,
        error.type = field::Empty,
        otel.status_code = field::Empty,
    );
    let outside = global::get_text_map_propagator(|propagator| {
        propagator.extract_with_context(&opentelemetry::Context::new(), &Headers(headers))
    });
    let outside = outside.span().span_context().clone();
    if outside.is_valid() {
        span.add_link(outside);
    }
    span
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("no text"), "a handler panicked");
    ProblemResponse::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "something went wrong on our side",
    )
    .into_response()
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(axum::http::HeaderName::as_str).collect()
    }
}
