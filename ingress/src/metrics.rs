//! What ingress counts.

use opentelemetry::metrics::Counter;
use opentelemetry::{KeyValue, global};

pub(crate) struct Metrics {
    accepted: Counter<u64>,
    rejected: Counter<u64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let meter = global::meter("overseer.ingress");
        let samples = |name: &'static str| meter.u64_counter(name).with_unit("{sample}").build();
        Self {
            accepted: samples("overseer.ingress.sample.accept"),
            rejected: samples("overseer.ingress.sample.reject"),
        }
    }

    pub(crate) fn count(&self, protocol: &'static str, accepted: usize, rejected: usize) {
        let attributes = [KeyValue::new("overseer.protocol", protocol)];
        self.accepted.add(accepted as u64, &attributes);
        self.rejected.add(rejected as u64, &attributes);
    }
}
