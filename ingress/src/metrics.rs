//! What ingress counts.

use opentelemetry::metrics::Counter;
use opentelemetry::{KeyValue, global};

use crate::judge::Verdict;

pub(crate) struct Metrics {
    accepted: Counter<u64>,
    rejected: Counter<u64>,
    records_accepted: Counter<u64>,
    records_rejected: Counter<u64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let meter = global::meter("overseer.ingress");
        let samples = |name: &'static str| meter.u64_counter(name).with_unit("{sample}").build();
        let records = |name: &'static str| meter.u64_counter(name).with_unit("{record}").build();
        Self {
            accepted: samples("overseer.ingress.sample.accept"),
            rejected: samples("overseer.ingress.sample.reject"),
            records_accepted: records("overseer.ingress.telemetry.accept"),
            records_rejected: records("overseer.ingress.telemetry.reject"),
        }
    }

    pub(crate) fn count(&self, protocol: &'static str, verdict: &Verdict) {
        let attributes = [KeyValue::new("overseer.protocol", protocol)];
        self.accepted.add(verdict.accepted as u64, &attributes);
        self.rejected
            .add(verdict.rejected.len() as u64, &attributes);
    }

    pub(crate) fn count_telemetry(&self, signal: &'static str, verdict: &Verdict) {
        let attributes = [KeyValue::new("overseer.signal", signal)];
        self.records_accepted
            .add(verdict.accepted as u64, &attributes);
        self.records_rejected
            .add(verdict.rejected.len() as u64, &attributes);
    }
}
