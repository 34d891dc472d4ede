//! Draining streams into tables: each message once, whatever is delivered twice.
//!
//! The effect is exact by key and not by position: a sample is (series, instant), a result is (monitor, region, tick).
//! After a takeover later messages may come before redelivered ones, so a remembered position would lose the earlier.

pub(crate) mod days;
pub(crate) mod probes;
pub(crate) mod registry;
pub(crate) mod samples;

use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, Failure, Limits, Message};
use contract::id::Partition;
use contract::stream::{self, Durable};
use serde::de::DeserializeOwned;
use service::Context;

use crate::database::Database;
use probes::ProbeWriter;
use samples::SampleWriter;

/// A batch is written when it is this large or this old.
pub(crate) const LIMITS: Limits = Limits {
    max_messages: 512,
    max_bytes: 2 * 1024 * 1024,
    max_wait: Duration::from_millis(25),
};

/// A batch that Postgres did not take is tried again after this; meanwhile nothing more is fetched.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Drains every partition of both streams until told to stop; each finishes the batch it is writing.
pub(crate) fn start(database: &Database, bus: &Bus, ctx: &Context) {
    let samples = Arc::new(SampleWriter::new(database.clone()));
    let probes = Arc::new(ProbeWriter::new(database.clone()));
    for partition in Partition::all() {
        let writer = Arc::clone(&samples);
        lane(
            bus,
            ctx,
            stream::store_metrics(partition),
            move |messages: Arc<[_]>| {
                let writer = Arc::clone(&writer);
                async move { writer.write(&messages).await }
            },
        );
        let writer = Arc::clone(&probes);
        lane(
            bus,
            ctx,
            stream::store_probes(partition),
            move |messages: Arc<[_]>| {
                let writer = Arc::clone(&writer);
                async move { writer.write(&messages).await }
            },
        );
    }
}

fn lane<M, H, F>(bus: &Bus, ctx: &Context, durable: Durable, write: H)
where
    M: DeserializeOwned + Clone + Send + Sync + 'static,
    H: Fn(Arc<[Message<M>]>) -> F + Send + Sync + 'static,
    F: Future<Output = Result<(), Failure>> + Send,
{
    let (bus, stop) = (bus.clone(), ctx.shutdown.clone());
    ctx.tasks
        .spawn(async move { bus::drain(&bus, &durable, LIMITS, &stop, write).await });
}

/// What Postgres cannot represent (SQLSTATE class 22: data exception) no retry can help; anything else passes.
pub(crate) fn failure(error: &sqlx::Error) -> Failure {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    if code.is_some_and(|code| code.starts_with("22")) {
        return Failure::reject(error);
    }
    Failure::Retry {
        after: RETRY_AFTER,
        reason: error.to_string(),
    }
}
