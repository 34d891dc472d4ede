//! Draining streams into tables: each message once, whatever is delivered twice.
//!
//! The effect is exact by key and not by position: a sample is (series, instant), a result is (monitor, region, tick).
//! After a takeover later messages may come before redelivered ones, so a remembered position would lose the earlier.

pub(crate) mod chunks;
mod judge;
pub(crate) mod probes;
mod progress;
pub(crate) mod registry;
pub(crate) mod samples;
mod telemetry;

use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, Failure, Limits, Message, Rejected};
use contract::id::Partition;
use contract::stream::{self, Durable};
use serde::de::DeserializeOwned;
use service::{Check, Context};

use crate::database::Database;
use crate::rules::telemetry::sampling;
use probes::ProbeWriter;
use progress::Progress;
use samples::SampleWriter;
use telemetry::TelemetryWriter;

/// A batch is written when it is this large or this old. Memory is bounded by it: a lane holds two batches that are written,
/// one that waits, and as much that is fetched. Two, because Postgres rests while a batch is decoded, and the other way around.
pub(crate) const LIMITS: Limits = Limits {
    max_messages: 512,
    max_bytes: 2 * 1024 * 1024,
    max_wait: Duration::from_millis(25),
    batches: 2,
};

/// Telemetry is worth less memory, and its pieces are larger.
const ONE_AT_A_TIME: Limits = Limits {
    max_messages: 64,
    max_wait: Duration::from_millis(100),
    batches: 1,
    ..LIMITS
};

/// A batch that Postgres did not take is tried again after this; meanwhile nothing more is fetched.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Drains every partition of both streams, and TELEMETRY, until told to stop; each finishes the batch it is writing.
pub(crate) fn start(
    database: &Database,
    bus: &Bus,
    ctx: &Context,
    writing: Check,
    sampling: sampling::Limits,
) {
    let samples = Arc::new(SampleWriter::new(database.clone()));
    let probes = Arc::new(ProbeWriter::new(database.clone()));
    let progress = Arc::new(Progress::new(writing));
    let telemetry = Arc::new(TelemetryWriter::new(database.clone(), sampling));
    let write = move |messages: Arc<[_]>| {
        let writer = Arc::clone(&telemetry);
        async move { writer.write(&messages).await }
    };
    lane(
        bus,
        ctx,
        &progress,
        stream::store_telemetry(),
        ONE_AT_A_TIME,
        write,
    );
    for partition in Partition::all() {
        let writer = Arc::clone(&samples);
        let write = move |messages: Arc<[_]>| {
            let writer = Arc::clone(&writer);
            async move { writer.write(&messages).await }
        };
        let durable = stream::store_metrics(partition);
        lane(bus, ctx, &progress, durable, LIMITS, write);
        let writer = Arc::clone(&probes);
        let write = move |messages: Arc<[_]>| {
            let writer = Arc::clone(&writer);
            async move { writer.write(&messages).await }
        };
        let durable = stream::store_probes(partition);
        lane(bus, ctx, &progress, durable, LIMITS, write);
    }
}

fn lane<M, H, F>(
    bus: &Bus,
    ctx: &Context,
    progress: &Arc<Progress>,
    durable: Durable,
    limits: Limits,
    write: H,
) where
    M: DeserializeOwned + Clone + Send + Sync + 'static,
    H: Fn(Arc<[Message<M>]>) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Vec<Rejected>, Failure>> + Send,
{
    let (bus, stop, progress) = (bus.clone(), ctx.shutdown.clone(), Arc::clone(progress));
    ctx.tasks.spawn(async move {
        let name = durable.name.clone();
        let noted = move |messages| {
            let (work, progress, name) = (write(messages), Arc::clone(&progress), name.clone());
            async move {
                let outcome = work.await;
                progress.note(&name, &outcome);
                outcome
            }
        };
        bus::drain(&bus, &durable, limits, &stop, noted).await;
    });
}

/// What Postgres cannot represent (SQLSTATE class 22: data exception), and what belongs to a tenant that is gone
/// (`foreign_key_violation`), no retry can help; anything else passes.
pub(crate) fn failure(error: &sqlx::Error) -> Failure {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    if code.is_some_and(|code| code.starts_with("22") || code == "23503") {
        return Failure::reject(error);
    }
    Failure::Retry {
        after: RETRY_AFTER,
        reason: error.to_string(),
    }
}
