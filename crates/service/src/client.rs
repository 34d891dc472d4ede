//! Calling out over HTTP, observed.

use std::time::Duration;

use opentelemetry::global;
use opentelemetry::propagation::Injector;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Request, Response};
use tracing::{Instrument, field};
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// An HTTP client whose requests are client spans and carry the trace context. Build one from a configured
/// [`reqwest::ClientBuilder`].
#[derive(Debug, Clone)]
pub struct HttpClient(reqwest::Client);

impl HttpClient {
    /// Errors when the certificates of the system cannot be read.
    pub fn build(builder: reqwest::ClientBuilder) -> reqwest::Result<Self> {
        let builder = builder
            .connect_timeout(Duration::from_secs(5))
            .user_agent(concat!("overseer/", env!("CARGO_PKG_VERSION")));
        builder.build().map(Self)
    }

    pub fn post(&self, url: &str) -> reqwest::RequestBuilder {
        self.0.post(url)
    }

    /// Sends a request within a client span named after its method.
    pub async fn execute(&self, mut request: Request) -> reqwest::Result<Response> {
        let method = request.method().to_string();
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
        let outcome = self.0.execute(request).instrument(span.clone()).await;
        match &outcome {
            Ok(response) => {
                span.record("http.response.status_code", response.status().as_u16());
                if response.status().is_client_error() || response.status().is_server_error() {
                    span.record("error.type", response.status().as_u16());
                    span.record("otel.status_code", "ERROR");
                }
            }
            Err(error) => {
                span.record(
                    "error.type",
                    if error.is_timeout() {
                        "timeout"
                    } else {
                        "connection"
                    },
                );
                span.record("otel.status_code", "ERROR");
            }
        }
        outcome
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
