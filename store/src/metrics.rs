//! What the store counts of itself, beside what the bus counts of messages.

use opentelemetry::metrics::{Counter, Histogram};
use opentelemetry::{KeyValue, global};
use sqlx::PgPool;

/// Bounds in seconds.
const WAITS: [f64; 9] = [0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 3.0];

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

/// How long a transaction waits for its connection.
pub(crate) fn connection_waits() -> Histogram<f64> {
    global::meter("store")
        .f64_histogram("db.client.connection.wait_time")
        .with_unit("s")
        .with_description("Waiting for a connection of the pool")
        .with_boundaries(WAITS.to_vec())
        .build()
}

/// Shows how much of the pool is in use.
pub(crate) fn observe_pool(pool: &PgPool) {
    let meter = global::meter("store");
    let counted = pool.clone();
    meter
        .u64_observable_gauge("db.client.connection.count")
        .with_unit("{connection}")
        .with_callback(move |gauge| {
            let idle = counted.num_idle() as u64;
            let used = u64::from(counted.size()).saturating_sub(idle);
            for (state, connections) in [("idle", idle), ("used", used)] {
                let state = KeyValue::new("db.client.connection.state", state);
                gauge.observe(connections, &[state]);
            }
        })
        .build();
    let most = u64::from(pool.options().get_max_connections());
    meter
        .u64_observable_gauge("db.client.connection.max")
        .with_unit("{connection}")
        .with_callback(move |gauge| gauge.observe(most, &[]))
        .build();
}
