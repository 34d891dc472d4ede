//! Rate, errors and duration of every operation, by template and never by identifier.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use contract::stream::Durable;
use opentelemetry::metrics::{Counter, Histogram, Meter, UpDownCounter};
use opentelemetry::{KeyValue, global};

use crate::Message;

/// Bounds in seconds that suit a local network.
const BOUNDS: [f64; 12] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];
/// Bounds in seconds for what may wait for hours when somebody was away.
const AGES: [f64; 12] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 300.0, 3_600.0,
];

pub(crate) struct Metrics {
    operation: Histogram<f64>,
    process: Histogram<f64>,
    batch: Histogram<u64>,
    age: Histogram<f64>,
    consumed: Counter<u64>,
    redelivered: Counter<u64>,
    buried: Counter<u64>,
    publishing: UpDownCounter<i64>,
    answering: UpDownCounter<i64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let meter = meter();
        let messages = |name: &'static str, description: &'static str| {
            let counter = meter.u64_counter(name).with_unit("{message}");
            let counter = counter.with_description(description).build();
            // Alerts on what has not happened yet need something to look at.
            counter.add(0, &[]);
            counter
        };
        let active = |name: &'static str, unit: &'static str| {
            let active = meter.i64_up_down_counter(name).with_unit(unit).build();
            // Nothing under way is something to see, too.
            active.add(0, &[]);
            active
        };
        Self {
            operation: seconds(
                &meter,
                "messaging.client.operation.duration",
                "Publishing and asking, until the acknowledgement or reply",
                &BOUNDS,
            ),
            process: seconds(
                &meter,
                "messaging.process.duration",
                "Handling a message or a batch",
                &BOUNDS,
            ),
            age: seconds(
                &meter,
                "overseer.bus.message.age",
                "From publishing to handling; of a batch, its oldest message",
                &AGES,
            ),
            batch: meter
                .u64_histogram("overseer.bus.batch.size")
                .with_unit("{message}")
                .with_description("Messages that are processed together")
                .with_boundaries(vec![1.0, 4.0, 16.0, 64.0, 256.0, 1_024.0])
                .build(),
            consumed: messages("messaging.client.consumed.messages", "Messages handed over"),
            redelivered: messages(
                "overseer.bus.message.redeliver",
                "Messages that were handed out before",
            ),
            buried: messages("overseer.bus.dead_letter.bury", "Messages given up"),
            publishing: active("overseer.bus.publish.active", "{message}"),
            answering: active("overseer.bus.request.active", "{request}"),
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

    /// Counts messages that are about to be handled together.
    pub(crate) fn begin<M>(&self, template: &'static str, messages: &[Message<M>]) {
        let attributes = attributes("process", template, None);
        self.batch.record(messages.len() as u64, &attributes);
        self.consumed.add(messages.len() as u64, &attributes);
        let again = messages.iter().filter(|message| message.delivered > 1);
        self.redelivered.add(again.count() as u64, &attributes);
        if let Some(oldest) = messages.iter().map(|message| message.published_at).min() {
            self.age.record(age_s(oldest), &attributes);
        }
    }

    pub(crate) fn bury(&self, durable: &Durable) {
        self.buried
            .add(1, &attributes("process", durable.template, None));
    }

    /// Messages handed over to the server that it has not acknowledged yet: more, or fewer.
    pub(crate) fn publishing(&self, change: i64) {
        self.publishing.add(change, &[]);
    }

    /// Requests that are being answered: more, or fewer.
    pub(crate) fn answering(&self, change: i64) {
        self.answering.add(change, &[]);
    }
}

pub(crate) fn meter() -> Meter {
    global::meter("overseer.bus")
}

fn seconds(
    meter: &Meter,
    name: &'static str,
    description: &'static str,
    bounds: &[f64],
) -> Histogram<f64> {
    let histogram = meter.f64_histogram(name).with_unit("s");
    let histogram = histogram.with_description(description);
    histogram.with_boundaries(bounds.to_vec()).build()
}

/// Clocks of two machines may disagree: nothing is younger than now.
fn age_s(published_at: DateTime<Utc>) -> f64 {
    let now: DateTime<Utc> = SystemTime::now().into();
    (now - published_at).as_seconds_f64().max(0.0)
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
