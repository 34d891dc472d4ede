//! Telemetry about telemetry would never end: what handles telemetry is done unobserved.

use axum::response::Response;
use opentelemetry::trace::FutureExt;
use opentelemetry::{Context, Key};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use std::time::Duration;

/// The attribute of a span that turned out to be about telemetry only after it had begun.
pub(crate) const ATTRIBUTE: &str = "overseer.unobserved";

/// Runs `work` so that it leaves no spans and no exported logs; messages that it publishes say the same of whoever handles them.
pub async fn unobserved<T>(work: impl Future<Output = T>) -> T {
    let context = Context::current().with_telemetry_suppressed();
    work.with_context(context).await
}

/// [`unobserved`] where `is` says so.
pub async fn unobserved_if<T>(is: bool, work: impl Future<Output = T>) -> T {
    if is {
        unobserved(work).await
    } else {
        work.await
    }
}

/// Takes back the span of the request that is answered with this.
pub fn forget_request(response: &mut Response) {
    response.extensions_mut().insert(Forgotten);
}

/// In the extensions of a response whose request leaves no span.
#[derive(Clone)]
pub(crate) struct Forgotten;

pub(crate) fn is_current() -> bool {
    Context::is_current_telemetry_suppressed()
}

/// Hands on all spans but those that are marked with [`ATTRIBUTE`].
#[derive(Debug)]
pub(crate) struct Dropping<P>(pub(crate) P);

impl<P: SpanProcessor> SpanProcessor for Dropping<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.0.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        let marked = |key: &Key| key.as_str() == ATTRIBUTE;
        if !span.attributes.iter().any(|one| marked(&one.key)) {
            self.0.on_end(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &opentelemetry_sdk::Resource) {
        self.0.set_resource(resource);
    }
}
