//! What the store counts of itself, beside what the bus counts of messages.

use opentelemetry::global;
use opentelemetry::metrics::Counter;

/// Samples that are new; what came twice is not counted twice.
pub(crate) fn samples_written() -> Counter<u64> {
    global::meter("store")
        .u64_counter("overseer.store.sample.write")
        .with_unit("{sample}")
        .with_description("Samples written to the database")
        .build()
}

/// Pieces of traces and logs that are new.
pub(crate) fn telemetry_written() -> Counter<u64> {
    global::meter("store")
        .u64_counter("overseer.store.telemetry.write")
        .with_unit("{piece}")
        .with_description("Pieces of traces and logs written to the database")
        .build()
}

/// Probe results that are new.
pub(crate) fn results_written() -> Counter<u64> {
    global::meter("store")
        .u64_counter("overseer.store.probe_result.write")
        .with_unit("{result}")
        .with_description("Probe results written to the database")
        .build()
}
