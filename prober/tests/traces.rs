//! What tracing sees of a check. A process of its own: a subscriber that some threads have and others lack is ignored at times.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry::trace::{SpanKind, TracerProvider as _};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use prober::check::{Engine, Settings};
use serde_json::json;
use testkit::target::{Answer, Server};
use tracing::Instrument;
use tracing_subscriber::layer::SubscriberExt as _;

#[derive(Debug, Clone, Default)]
struct Spans(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Spans {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().expect("nobody panics").extend(batch);
        Ok(())
    }
}

#[tokio::test]
async fn a_target_is_told_of_the_trace_only_if_its_owner_wants_it() {
    let exporter = Spans::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));

    let engine = Engine::new(Settings {
        allow: vec!["127.0.0.0/8".parse().expect("a network")],
        ..Settings::default()
    })
    .expect("an engine");
    let target = Server::http().await;
    target.answer(Answer::status(503));
    for propagate in [true, false] {
        let check = json!({"target": target.url("/"), "propagate_trace": propagate});
        let check = serde_json::from_value(check).expect("a check");
        let job = tracing::info_span!("job");
        engine.run(&check, Duration::ZERO).instrument(job).await;
    }

    let spans = exporter.0.lock().expect("nobody panics").clone();
    let requests: Vec<_> = spans.iter().filter(|span| span.name == "GET").collect();
    let job = spans
        .iter()
        .find(|span| span.name == "job")
        .expect("the first job");
    let [first, _] = requests.as_slice() else {
        panic!("{requests:?}")
    };
    assert_eq!(first.span_kind, SpanKind::Client);
    assert_eq!(first.parent_span_id, job.span_context.span_id());
    let attribute = |key| {
        let found = first.attributes.iter().find(|it| it.key.as_str() == key);
        found.map(|it| it.value.to_string())
    };
    assert_eq!(
        attribute("http.response.status_code").as_deref(),
        Some("503")
    );
    assert_eq!(attribute("error.type").as_deref(), Some("503"));

    let told: Vec<_> = target
        .requests()
        .iter()
        .map(|request| request.headers().get("traceparent").cloned())
        .collect();
    let context = &first.span_context;
    let expected = format!("00-{}-{}-01", context.trace_id(), context.span_id());
    assert_eq!(told[0].as_ref().expect("a traceparent"), &expected);
    assert_eq!(told[1], None);
}
