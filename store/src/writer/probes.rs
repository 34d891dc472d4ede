//! PROBES into `probe_result`.

use std::collections::BTreeSet;

use bus::{Failure, Message};
use chrono::NaiveDate;
use contract::probe::Finished;
use opentelemetry::metrics::Counter;

use super::days::{self, KnownDays};
use super::failure;
use crate::database::{Database, Scope};
use crate::metrics;
use crate::tables::{probe_result, sample};

/// Writes batches of results. One for all partitions.
#[derive(Debug)]
pub(crate) struct ProbeWriter {
    database: Database,
    days: KnownDays,
    written: Counter<u64>,
}

impl ProbeWriter {
    pub(crate) fn new(database: Database) -> Self {
        Self {
            database,
            days: KnownDays::default(),
            written: metrics::results_written(),
        }
    }

    /// Stores all results or none. One that cannot be stored rejects the batch; the bus then tries its halves.
    pub(crate) async fn write(&self, messages: &[Message<Finished>]) -> Result<(), Failure> {
        let now = service::now();
        let results: Vec<&Finished> = messages.iter().map(|message| &message.body).collect();
        for result in &results {
            if !days::is_kept(result.tick_at.date_naive(), now) {
                return Err(Failure::reject(&format!(
                    "the tick {} is out of range",
                    result.tick_at
                )));
            }
        }
        let outcome = self.store(&results).await;
        if outcome.as_ref().is_err_and(sample::is_day_missing) {
            self.days.forget();
        }
        outcome.map_err(|error| failure(&error))
    }

    async fn store(&self, results: &[&Finished]) -> Result<(), sqlx::Error> {
        let wanted: BTreeSet<NaiveDate> = results
            .iter()
            .map(|result| result.tick_at.date_naive())
            .collect();
        self.days.ensure(&self.database, &wanted).await?;
        let mut transaction = self.database.begin(Scope::Writer).await?;
        let added = probe_result::insert_new(&mut transaction, results).await?;
        transaction.commit().await?;
        self.written.add(added, &[]);
        Ok(())
    }
}
