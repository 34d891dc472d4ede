//! The standard variables, as far as they decide what is exported. The SDK reads all others itself: headers, timeouts,
//! compression, `OTEL_TRACES_SAMPLER`, `OTEL_METRIC_EXPORT_INTERVAL` and so on.

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::{EnvResourceDetector, TelemetryResourceDetector};

/// A kind of telemetry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    Traces,
    Metrics,
    Logs,
}

#[derive(Debug, Default, clap::Args)]
#[group(skip)]
pub(crate) struct Args {
    /// Where traces, metrics and logs go by OTLP/HTTP. Nothing is exported where it is absent.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", global = true)]
    otlp_endpoint: Option<String>,
    /// Where traces go, if elsewhere; the whole URL.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", global = true)]
    otlp_traces_endpoint: Option<String>,
    /// Where metrics go, if elsewhere; the whole URL.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", global = true)]
    otlp_metrics_endpoint: Option<String>,
    /// Where logs go, if elsewhere; the whole URL.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", global = true)]
    otlp_logs_endpoint: Option<String>,
    /// No traces, no metrics (`/metrics` is empty) and no logs but those on standard output.
    #[arg(long, env = "OTEL_SDK_DISABLED", global = true)]
    pub(super) sdk_disabled: bool,
    /// Another name for this service in every signal.
    #[arg(long, env = "OTEL_SERVICE_NAME", global = true)]
    service_name: Option<String>,
    /// Spans that wait for export; beyond it they are dropped. Each takes its room at once, some 400 bytes.
    #[arg(
        long,
        env = "OTEL_BSP_MAX_QUEUE_SIZE",
        default_value_t = 8_192,
        global = true
    )]
    pub(super) span_queue: usize,
    /// The environment's name in every signal, unless `OTEL_RESOURCE_ATTRIBUTES` says another.
    #[arg(
        long,
        env = "OVERSEER_ENVIRONMENT",
        default_value = "development",
        global = true
    )]
    environment: String,
    /// What is logged, such as `info` or `info,store=debug`.
    #[arg(long, env = "RUST_LOG", default_value = "info", global = true)]
    pub(super) log: String,
}

impl Args {
    /// Whether anybody is named to whom this signal goes.
    pub(super) fn exports(&self, signal: Signal) -> bool {
        let own = match signal {
            Signal::Traces => &self.otlp_traces_endpoint,
            Signal::Metrics => &self.otlp_metrics_endpoint,
            Signal::Logs => &self.otlp_logs_endpoint,
        };
        let mut endpoints = own.iter().chain(&self.otlp_endpoint);
        !self.sdk_disabled && endpoints.any(|endpoint| !endpoint.is_empty())
    }

    /// Who speaks. What `OTEL_RESOURCE_ATTRIBUTES` says comes before what we say of ourselves.
    pub(super) fn resource(&self, service: &'static str, instance: &str) -> Resource {
        let own = [
            KeyValue::new("service.name", service),
            KeyValue::new("service.namespace", contract::NAMESPACE),
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", instance.to_owned()),
            KeyValue::new("deployment.environment.name", self.environment.clone()),
        ];
        let name = self.service_name.iter().filter(|name| !name.is_empty());
        let name = name.map(|name| KeyValue::new("service.name", name.clone()));
        Resource::builder_empty()
            .with_attributes(own)
            .with_detector(Box::new(TelemetryResourceDetector))
            .with_detector(Box::new(EnvResourceDetector::new()))
            .with_attributes(name)
            .build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_goes_where_it_is_sent_and_nowhere_if_all_is_disabled() {
        let endpoint = || Some("http://127.0.0.1:4318".to_owned());
        let mut args = Args::default();
        assert!(!args.exports(Signal::Traces));
        args.otlp_logs_endpoint = endpoint();
        assert!(args.exports(Signal::Logs));
        assert!(!args.exports(Signal::Metrics));
        args.otlp_endpoint = endpoint();
        assert!(args.exports(Signal::Metrics));
        args.sdk_disabled = true;
        assert!(!args.exports(Signal::Logs));
        assert!(
            !Args {
                otlp_endpoint: Some(String::new()),
                ..Args::default()
            }
            .exports(Signal::Logs)
        );
    }

    #[test]
    fn a_name_that_was_asked_for_is_taken() {
        let name = |args: &Args| {
            let resource = args.resource("ingress", "ingress-1");
            let name = resource.get(&opentelemetry::Key::new("service.name"));
            name.map(|name| name.to_string()).unwrap_or_default()
        };
        assert_eq!(name(&Args::default()), "ingress");
        let renamed = Args {
            service_name: Some("edge".to_owned()),
            ..Args::default()
        };
        assert_eq!(name(&renamed), "edge");
    }
}
