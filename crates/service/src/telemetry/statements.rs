//! How long statements take, from their spans: whoever names a statement has it measured.

use std::time::Instant;

use opentelemetry::metrics::Histogram;
use opentelemetry::{KeyValue, global};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// The semantic convention's attribute that every span of a statement has.
const SUMMARY: &str = "db.query.summary";
/// Bounds in seconds.
const BOUNDS: [f64; 12] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 10.0,
];

pub(super) struct Statements(Histogram<f64>);

impl Statements {
    /// After the meter provider was set.
    pub(super) fn new() -> Self {
        let durations = global::meter("overseer.service")
            .f64_histogram("db.client.operation.duration")
            .with_unit("s")
            .with_boundaries(BOUNDS.to_vec())
            .build();
        Self(durations)
    }
}

/// Whether a span is that of a statement.
pub(super) fn is_statement(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.fields().field(SUMMARY).is_some()
}

struct Statement {
    begun: Instant,
    summary: String,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Statements {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut statement = Statement {
            begun: Instant::now(),
            summary: String::new(),
        };
        attributes.record(&mut statement);
        span.extensions_mut().insert(statement);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        let Some(statement) = span.extensions_mut().remove::<Statement>() else {
            return;
        };
        let attributes = [
            KeyValue::new("db.system.name", "postgresql"),
            KeyValue::new(SUMMARY, statement.summary),
        ];
        let took = statement.begun.elapsed();
        self.0.record(took.as_secs_f64(), &attributes);
    }
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == SUMMARY {
            value.clone_into(&mut self.summary);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
