//! METRICS into `series` and `sample`.

use std::collections::{BTreeSet, HashMap};

use bus::{Failure, Message, Rejected};
use chrono::DateTime;
use contract::id::TenantId;
use contract::metric::{Batch, Series};
use opentelemetry::metrics::Counter;
use sqlx::{Postgres, Transaction};

use super::chunks::KnownChunks;
use super::failure;
use super::judge::judge;
use super::registry::{Registered, Registry};
use crate::database::{Database, Scope};
use crate::metrics;
use crate::rules::copy::{self, Row};
use crate::tables::chunk::{Chunk, Table};
use crate::tables::sample;
use crate::tables::series::{Fingerprint, Seen, fingerprint};

/// Writes batches of samples. One for all partitions: they share what they remember.
#[derive(Debug)]
pub(crate) struct SampleWriter {
    database: Database,
    registry: Registry,
    chunks: KnownChunks,
    written: Counter<u64>,
}

/// A series as a message brought it; the message by its position in the batch.
struct Brought<'a> {
    position: usize,
    fingerprint: Fingerprint,
    series: &'a Series,
}

type ByTenant<'a> = HashMap<TenantId, Vec<Brought<'a>>>;

impl SampleWriter {
    pub(crate) fn new(database: Database) -> Self {
        Self {
            database,
            registry: Registry::default(),
            chunks: KnownChunks::default(),
            written: metrics::samples_written(),
        }
    }

    /// Stores all messages but those it returns, or none.
    pub(crate) async fn write(
        &self,
        messages: &[Message<Batch>],
    ) -> Result<Vec<Rejected>, Failure> {
        let now = service::now();
        let mut rejected = Vec::new();
        let mut by_tenant = ByTenant::new();
        for (position, message) in messages.iter().enumerate() {
            match judge(message, now) {
                Ok(tenant) => by_tenant
                    .entry(tenant)
                    .or_default()
                    .extend(brought(position, &message.body)),
                Err(reason) => rejected.push(Rejected { position, reason }),
            }
        }
        let again = messages.iter().any(|message| message.delivered > 1);
        let refused = self.store(&by_tenant, again).await;
        rejected.extend(refused.map_err(|error| failure(&error))?);
        Ok(rejected)
    }

    async fn store(
        &self,
        by_tenant: &ByTenant<'_>,
        again: bool,
    ) -> Result<Vec<Rejected>, sqlx::Error> {
        let mut rows = Vec::new();
        let mut refused = Vec::new();
        for (tenant, brought) in by_tenant {
            let registered = self
                .registry
                .register(&self.database, *tenant, brought.iter().map(seen))
                .await?;
            let without: BTreeSet<usize> = brought
                .iter()
                .filter(|one| !registered.ids.contains_key(&one.fingerprint))
                .map(|one| one.position)
                .collect();
            let stored = brought
                .iter()
                .filter(|one| !without.contains(&one.position));
            rows.extend(stored.flat_map(|one| rows_of(one, &registered)));
            refused.extend(without.into_iter().map(|position| Rejected {
                position,
                reason: registered.refusal(),
            }));
        }
        copy::normalise(&mut rows);
        let hours = copy::hours(&rows).into_iter();
        let wanted = hours
            .filter_map(DateTime::from_timestamp_millis)
            .map(|hour| Chunk::of(Table::Sample, hour))
            .collect();
        self.chunks.ensure(&self.database, &wanted).await?;
        let outcome = self.insert(&rows, again).await;
        if outcome.as_ref().is_err_and(sample::is_chunk_missing) {
            self.chunks.forget();
        }
        outcome.map(|()| refused)
    }

    /// By the fast way, unless something of it may be there already.
    async fn insert(&self, rows: &[Row], again: bool) -> Result<(), sqlx::Error> {
        if rows.is_empty() {
            return Ok(());
        }
        if !again {
            let mut transaction = self.database.begin(Scope::Writer).await?;
            match sample::insert(&mut transaction, rows).await {
                Ok(added) => return self.commit(transaction, added).await,
                Err(error) if sample::is_repetition(&error) => transaction.rollback().await?,
                Err(error) => return Err(error),
            }
        }
        let mut transaction = self.database.begin(Scope::Writer).await?;
        let added = sample::insert_new(&mut transaction, rows).await?;
        self.commit(transaction, added).await
    }

    async fn commit(
        &self,
        transaction: Transaction<'static, Postgres>,
        added: u64,
    ) -> Result<(), sqlx::Error> {
        transaction.commit().await?;
        self.written.add(added, &[]);
        Ok(())
    }
}

fn brought(position: usize, batch: &Batch) -> impl Iterator<Item = Brought<'_>> {
    let series = batch
        .series
        .iter()
        .filter(|series| !series.points.is_empty());
    series.map(move |series| Brought {
        position,
        fingerprint: fingerprint(&series.name, &series.labels),
        series,
    })
}

fn rows_of<'a>(one: &'a Brought<'_>, registered: &Registered) -> impl Iterator<Item = Row> + 'a {
    let id = registered.ids.get(&one.fingerprint).copied();
    id.into_iter().flat_map(|series_id| {
        one.series.points.iter().map(move |&(ts_ms, value)| Row {
            series_id,
            ts_ms,
            value,
        })
    })
}

/// A series with the times of its oldest and newest sample.
fn seen<'a>(one: &Brought<'a>) -> (Fingerprint, Seen<'a>) {
    let series = one.series;
    let times = series.points.iter().map(|(ts_ms, _)| *ts_ms);
    let instant = |ms: Option<i64>| {
        ms.and_then(DateTime::from_timestamp_millis)
            .unwrap_or_default()
    };
    let seen = Seen {
        name: &series.name,
        labels: &series.labels,
        unit: series.unit.as_deref(),
        kind: series.kind,
        first_at: instant(times.clone().min()),
        last_at: instant(times.max()),
    };
    (one.fingerprint, seen)
}
