//! PROBES into `probe_result`.

use std::collections::BTreeSet;

use bus::{Failure, Message, Rejected};
use contract::probe::Finished;
use contract::telemetry::TraceId;
use opentelemetry::metrics::Counter;

use super::chunks::{self, KnownChunks};
use super::failure;
use crate::database::{Database, Scope};
use crate::metrics;
use crate::tables::chunk::{Chunk, Table};
use crate::tables::{probe_result, sample};

/// Writes batches of results. One for all partitions.
#[derive(Debug)]
pub(crate) struct ProbeWriter {
    database: Database,
    chunks: KnownChunks,
    written: Counter<u64>,
}

impl ProbeWriter {
    pub(crate) fn new(database: Database) -> Self {
        Self {
            database,
            chunks: KnownChunks::default(),
            written: metrics::results_written(),
        }
    }

    /// Stores all results but those it returns, or none.
    pub(crate) async fn write(
        &self,
        messages: &[Message<Finished>],
    ) -> Result<Vec<Rejected>, Failure> {
        let kept = chunks::kept(service::now());
        let mut rejected = Vec::new();
        let mut results = Vec::with_capacity(messages.len());
        for (position, message) in messages.iter().enumerate() {
            let tick_at = message.body.tick_at;
            if kept.contains(&tick_at) {
                let trace = message.header("traceparent");
                let trace = trace.and_then(TraceId::of_traceparent);
                results.push((&message.body, trace));
            } else {
                let reason = format!("the tick {tick_at} is out of range");
                rejected.push(Rejected { position, reason });
            }
        }
        let outcome = self.store(&results).await;
        if outcome.as_ref().is_err_and(sample::is_chunk_missing) {
            self.chunks.forget();
        }
        outcome.map_err(|error| failure(&error))?;
        Ok(rejected)
    }

    async fn store(&self, results: &[(&Finished, Option<TraceId>)]) -> Result<(), sqlx::Error> {
        let wanted: BTreeSet<Chunk> = results
            .iter()
            .map(|(result, _)| Chunk::of(Table::ProbeResult, result.tick_at))
            .collect();
        self.chunks.ensure(&self.database, &wanted).await?;
        let mut transaction = self.database.begin(Scope::Writer).await?;
        let added = probe_result::insert_new(&mut transaction, results).await?;
        transaction.commit().await?;
        self.written.add(added, &[]);
        Ok(())
    }
}
