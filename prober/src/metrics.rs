//! What a prober tells of its own work.

use contract::probe::{Finished, Reason};
use opentelemetry::metrics::Histogram;
use opentelemetry::{KeyValue, global};

const DELAY_BOUNDS: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
const CHECK_BOUNDS: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

pub(crate) struct Metrics {
    delay: Histogram<f64>,
    check: Histogram<f64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let meter = global::meter("overseer.prober");
        Self {
            delay: meter
                .f64_histogram("overseer.prober.tick.delay")
                .with_unit("s")
                .with_description("From the instant a check was due to its start")
                .with_boundaries(DELAY_BOUNDS.to_vec())
                .build(),
            check: meter
                .f64_histogram("overseer.prober.check.duration")
                .with_unit("s")
                .with_description("Checks, by outcome and reason")
                .with_boundaries(CHECK_BOUNDS.to_vec())
                .build(),
        }
    }

    pub(crate) fn finished(&self, finished: &Finished) {
        let region = KeyValue::new("overseer.region", finished.region.to_string());
        let delay = (finished.started_at - finished.tick_at).as_seconds_f64();
        self.delay
            .record(delay.max(0.0), std::slice::from_ref(&region));
        let mut attributes = vec![
            region,
            KeyValue::new("overseer.outcome", finished.outcome.as_str()),
        ];
        let reason = finished.reason.map(Reason::as_str);
        attributes.extend(reason.map(|reason| KeyValue::new("error.type", reason)));
        let took_ms = finished.timings.total_time_ms.unwrap_or_default();
        self.check.record(took_ms / 1_000.0, &attributes);
    }
}
