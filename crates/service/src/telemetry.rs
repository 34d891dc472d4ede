//! Traces, metrics and logs: to OTLP where an endpoint is named, to `/metrics` and standard output always.

mod settings;
mod statements;

use std::time::Duration;

use anyhow::Context as _;
use opentelemetry::global;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider};
use tracing_subscriber::filter::{dynamic_filter_fn, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::unobserved::Dropping;
use crate::{logging, unobserved};
pub(crate) use settings::Args;
use settings::Signal;
use statements::Statements;

/// How long the last export may take.
const FLUSH: Duration = Duration::from_secs(3);

/// The providers, to be stopped last.
pub(crate) struct Telemetry {
    pub(crate) registry: prometheus::Registry,
    traces: SdkTracerProvider,
    metrics: SdkMeterProvider,
    logs: Option<SdkLoggerProvider>,
}

impl Telemetry {
    /// Sends what is left. Must not be called from the runtime: the exporters block.
    pub(crate) fn stop(self) {
        // Nobody is left to be told of a failure.
        let _ = self.traces.shutdown_with_timeout(FLUSH);
        let _ = self.metrics.shutdown_with_timeout(FLUSH);
        if let Some(logs) = self.logs {
            let _ = logs.shutdown_with_timeout(FLUSH);
        }
    }
}

/// Starts telemetry for the whole process. Must not be called from the runtime: the exporters block.
pub(crate) fn start(
    args: &Args,
    service: &'static str,
    instance: &str,
) -> anyhow::Result<Telemetry> {
    // The exporters' HTTP client needs it before anything else does.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let resource = args.resource(service, instance);
    let registry = prometheus::Registry::new();
    let exports_logs = args.exports(Signal::Logs);
    let telemetry = Telemetry {
        traces: traces(args, resource.clone())?,
        metrics: metrics(args, &registry, resource.clone())?,
        logs: exports_logs.then(|| logs(resource)).transpose()?,
        registry,
    };
    if !args.sdk_disabled {
        global::set_text_map_propagator(TraceContextPropagator::new());
        global::set_tracer_provider(telemetry.traces.clone());
        global::set_meter_provider(telemetry.metrics.clone());
    }
    let filter = EnvFilter::try_new(&args.log)
        .with_context(|| format!("RUST_LOG is not a log filter: {}", args.log))?;
    let bridge = telemetry.logs.as_ref().map(|logs| {
        OpenTelemetryTracingBridge::new(logs).with_filter(dynamic_filter_fn(|meta, _| ours(meta)))
    });
    let spans = tracing_opentelemetry::layer()
        .with_tracer(telemetry.traces.tracer("overseer"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_target(false)
        .with_filter(dynamic_filter_fn(|meta, _| meta.is_span() && ours(meta)));
    let statements = Statements::new().with_filter(filter_fn(statements::is_statement));
    tracing_subscriber::registry()
        .with(filter)
        .with((!args.sdk_disabled).then_some(spans))
        .with((!args.sdk_disabled).then_some(statements))
        .with(logging::layer().with_filter(filter_fn(is_event)))
        .with(bridge)
        .init();
    Ok(telemetry)
}

fn is_event(metadata: &tracing::Metadata<'_>) -> bool {
    metadata.is_event()
}

/// Neither the exporters' own doings nor what is done unobserved: telemetry about telemetry would never end.
fn ours(metadata: &tracing::Metadata<'_>) -> bool {
    const EXPORT: [&str; 6] = ["opentelemetry", "hyper", "h2", "reqwest", "tower", "tonic"];
    let target = metadata.target();
    !EXPORT.iter().any(|name| target.starts_with(name)) && !unobserved::is_current()
}

fn traces(args: &Args, resource: Resource) -> anyhow::Result<SdkTracerProvider> {
    let provider = SdkTracerProvider::builder().with_resource(resource);
    if !args.exports(Signal::Traces) {
        return Ok(provider.build());
    }
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .build()
        .context("cannot export traces")?;
    // The default queue of 2 048 drops spans silently on bursts.
    let config = BatchConfigBuilder::default()
        .with_max_queue_size(args.span_queue)
        .with_max_export_batch_size(2_048.min(args.span_queue))
        .with_scheduled_delay(Duration::from_millis(500))
        .build();
    let processor = BatchSpanProcessor::builder(exporter)
        .with_batch_config(config)
        .build();
    Ok(provider.with_span_processor(Dropping(processor)).build())
}

fn metrics(
    args: &Args,
    registry: &prometheus::Registry,
    resource: Resource,
) -> anyhow::Result<SdkMeterProvider> {
    let prometheus = opentelemetry_prometheus::exporter()
        .with_registry(registry.clone())
        .build()
        .context("cannot expose metrics")?;
    let provider = SdkMeterProvider::builder()
        .with_resource(resource)
        .with_reader(prometheus);
    if !args.exports(Signal::Metrics) {
        return Ok(provider.build());
    }
    let exporter = opentelemetry_otlp::MetricExporter::builder()
        .with_http()
        .build()
        .context("cannot export metrics")?;
    Ok(provider.with_periodic_exporter(exporter).build())
}

fn logs(resource: Resource) -> anyhow::Result<SdkLoggerProvider> {
    let exporter = opentelemetry_otlp::LogExporter::builder()
        .with_http()
        .build()
        .context("cannot export logs")?;
    Ok(SdkLoggerProvider::builder()
        .with_resource(resource)
        .with_batch_exporter(exporter)
        .build())
}
