//! Calling out over HTTP, observed.

use std::time::{Duration, Instant};

use opentelemetry::metrics::Histogram;
use opentelemetry::propagation::Injector;
use opentelemetry::{KeyValue, global};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Request, Response};
use tracing::{Instrument, field};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::http::{DURATIONS, method_name};

/// An HTTP client whose requests are client spans and carry the trace context. Build one from a configured
/// [`reqwest::ClientBuilder`].
#[derive(Debug, Clone)]
pub struct HttpClient {
    client: reqwest::Client,
    duration: Histogram<f64>,
}

impl HttpClient {
    /// Errors when the certificates of the system cannot be read.
    pub fn build(builder: reqwest::ClientBuilder) -> reqwest::Result<Self> {
        let builder = builder
            .connect_timeout(Duration::from_secs(5))
            .user_agent(concat!("overseer/", env!("CARGO_PKG_VERSION")));
        let duration = global::meter("overseer.service")
            .f64_histogram("http.client.request.duration")
            .with_unit("s")
            .with_boundaries(DURATIONS.to_vec())
            .build();
        Ok(Self {
            client: builder.build()?,
            duration,
        })
    }

    pub fn post(&self, url: &str) -> reqwest::RequestBuilder {
        self.client.post(url)
    }

    /// Sends a request within a client span named after its method.
    pub async fn execute(&self, mut request: Request) -> reqwest::Result<Response> {
        let begun = Instant::now();
        let method = method_name(request.method());
        let span = tracing::info_span!(
            "http client",
            otel.name = method,
            otel.kind = "client",
            http.request.method = method,
            server.address = request.url().host_str(),
            server.port = request.url().port_or_known_default(),
            http.response.status_code = field::Empty,
            error.type = field::Empty,
            otel.status_code = field::Empty,
        );
        global::get_text_map_propagator(|propagator| {
            propagator.inject_context(&span.context(), &mut Headers(request.headers_mut()));
        });
        let outcome = self.client.execute(request).instrument(span.clone()).await;
        if let Ok(response) = &outcome {
            span.record("http.response.status_code", response.status().as_u16());
        }
        let error = failure(&outcome);
        if let Some(error) = &error {
            span.record("error.type", error);
            span.record("otel.status_code", "ERROR");
        }
        self.measure(method, begun.elapsed(), &outcome, error);
        outcome
    }

    /// Not by address: receivers are as many as people make up.
    fn measure(
        &self,
        method: &'static str,
        took: Duration,
        outcome: &reqwest::Result<Response>,
        error: Option<String>,
    ) {
        let mut attributes = vec![KeyValue::new("http.request.method", method)];
        if let Ok(response) = outcome {
            let status = i64::from(response.status().as_u16());
            attributes.push(KeyValue::new("http.response.status_code", status));
        }
        attributes.extend(error.map(|error| KeyValue::new("error.type", error)));
        self.duration.record(took.as_secs_f64(), &attributes);
    }
}

/// What went wrong, in few different words.
fn failure(outcome: &reqwest::Result<Response>) -> Option<String> {
    match outcome {
        Ok(response) => {
            let status = response.status();
            let failed = status.is_client_error() || status.is_server_error();
            failed.then(|| status.as_str().to_owned())
        }
        Err(error) if error.is_timeout() => Some("timeout".to_owned()),
        Err(_) => Some("connection".to_owned()),
    }
}

struct Headers<'a>(&'a mut HeaderMap);

impl Injector for Headers<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}
