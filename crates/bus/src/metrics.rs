//! Rate, errors and duration of every operation, by template and never by identifier.

use std::time::Duration;

use opentelemetry::metrics::Histogram;
use opentelemetry::{KeyValue, global};

/// Bounds in seconds that suit a local network.
const BOUNDS: [f64; 12] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];

pub(crate) struct Metrics {
    operation: Histogram<f64>,
    process: Histogram<f64>,
    batch: Histogram<u64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let meter = global::meter("overseer.bus");
        let seconds = |name: &'static str, description: &'static str| {
            meter
                .f64_histogram(name)
                .with_unit("s")
                .with_description(description)
                .with_boundaries(BOUNDS.to_vec())
                .build()
        };
        Self {
            operation: seconds(
                "messaging.client.operation.duration",
                "Publishing and asking, until the acknowledgement or reply",
            ),
            process: seconds(
                "messaging.process.duration",
                "Handling a message or a batch",
            ),
            batch: meter
                .u64_histogram("overseer.bus.batch.size")
                .with_unit("{message}")
                .with_boundaries(vec![1.0, 4.0, 16.0, 64.0, 256.0, 1_024.0])
                .build(),
        }
    }

    pub(crate) fn operation(
        &self,
        name: &'static str,
        template: &'static str,
        took: Duration,
        error: Option<&'static str>,
    ) {
        self.operation
            .record(took.as_secs_f64(), &attributes(name, template, error));
    }

    pub(crate) fn process(
        &self,
        template: &'static str,
        took: Duration,
        error: Option<&'static str>,
    ) {
        self.process
            .record(took.as_secs_f64(), &attributes("process", template, error));
    }

    pub(crate) fn batch(&self, template: &'static str, messages: usize) {
        self.batch
            .record(messages as u64, &attributes("process", template, None));
    }
}

fn attributes(
    name: &'static str,
    template: &'static str,
    error: Option<&'static str>,
) -> Vec<KeyValue> {
    let mut attributes = vec![
        KeyValue::new("messaging.system", "nats"),
        KeyValue::new("messaging.operation.name", name),
        KeyValue::new("messaging.destination.template", template),
    ];
    attributes.extend(error.map(|error| KeyValue::new("error.type", error)));
    attributes
}
