//! Rate, errors, duration and size of requests, by route and never by path.

use std::time::Duration;

use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, Method, StatusCode};
use opentelemetry::metrics::{Histogram, UpDownCounter};
use opentelemetry::{KeyValue, global};

/// Bounds in seconds.
pub(crate) const DURATIONS: [f64; 13] = [
    0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
const SIZES: [f64; 7] = [
    256.0,
    1_024.0,
    4_096.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
];

#[derive(Clone)]
pub(super) struct Metrics {
    duration: Histogram<f64>,
    size: Histogram<u64>,
    active: UpDownCounter<i64>,
}

/// Counts a request as under way for as long as it lives: a client may go away at any moment.
pub(super) struct Active(UpDownCounter<i64>);

impl Metrics {
    pub(super) fn new() -> Self {
        let meter = global::meter("overseer.service");
        let active = meter.i64_up_down_counter("http.server.active_requests");
        let active = active.with_unit("{request}").build();
        active.add(0, &[]);
        Self {
            duration: meter
                .f64_histogram("http.server.request.duration")
                .with_unit("s")
                .with_boundaries(DURATIONS.to_vec())
                .build(),
            size: meter
                .u64_histogram("http.server.request.body.size")
                .with_unit("By")
                .with_boundaries(SIZES.to_vec())
                .build(),
            active,
        }
    }

    pub(super) fn begin(&self) -> Active {
        self.active.add(1, &[]);
        Active(self.active.clone())
    }

    /// `declared_bytes` is what the client announced.
    pub(super) fn finish(
        &self,
        method: &'static str,
        route: String,
        status: StatusCode,
        took: Duration,
        declared_bytes: Option<u64>,
    ) {
        let mut attributes = vec![
            KeyValue::new("http.request.method", method),
            KeyValue::new("http.route", route),
        ];
        if let Some(bytes) = declared_bytes {
            self.size.record(bytes, &attributes);
        }
        attributes.push(KeyValue::new(
            "http.response.status_code",
            i64::from(status.as_u16()),
        ));
        if status.is_server_error() {
            attributes.push(KeyValue::new("error.type", status.as_str().to_owned()));
        }
        self.duration.record(took.as_secs_f64(), &attributes);
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        self.0.add(-1, &[]);
    }
}

/// A method by name. Clients may make up any; these are one.
pub(crate) fn method_name(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE",
    ];
    let known = KNOWN.into_iter().find(|name| *name == method.as_str());
    known.unwrap_or("_OTHER")
}

pub(super) fn declared_bytes(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_that_clients_make_up_are_one() {
        assert_eq!(method_name(&Method::PATCH), "PATCH");
        let invented = Method::from_bytes(b"BREW").expect("a method");
        assert_eq!(method_name(&invented), "_OTHER");
    }
}
