//! METRICS into `series` and `sample`.

use std::collections::{BTreeSet, HashMap};

use bus::{Failure, Message, Rejected};
use chrono::DateTime;
use contract::id::TenantId;
use contract::metric::{Packed, PackedSeries};
use opentelemetry::metrics::Counter;
use sqlx::{Postgres, Transaction};

use super::chunks::KnownChunks;
use super::failure;
use super::judge::judge;
use super::registry::{Key, Registered, Registry};
use crate::database::{Database, Scope};
use crate::metrics;
use crate::rules::copy::{self, Row};
use crate::tables::chunk::{Chunk, Table};
use crate::tables::sample;
use crate::tables::series::Seen;

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
    key: Key,
    series: PackedSeries<'a>,
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
        messages: &[Message<Packed>],
    ) -> Result<Vec<Rejected>, Failure> {
        let now = service::now();
        let mut rejected = Vec::new();
        let mut by_tenant = ByTenant::new();
        for (position, message) in messages.iter().enumerate() {
            match judge(message, now) {
                Ok(tenant) => by_tenant
                    .entry(tenant)
                    .or_default()
                    .extend(self.brought(position, &message.body)),
                Err(reason) => rejected.push(Rejected { position, reason }),
            }
        }
        let again = messages.iter().any(|message| message.delivered > 1);
        let refused = self.store(&by_tenant, again).await;
        rejected.extend(refused.map_err(|error| failure(&error))?);
        Ok(rejected)
    }

    fn brought<'a>(&self, position: usize, batch: &'a Packed) -> impl Iterator<Item = Brought<'a>> {
        let series = batch.series().zip(self.registry.keys(batch));
        let filled = series.filter(|(series, _)| !series.points().is_empty());
        filled.map(move |(series, key)| Brought {
            position,
            key,
            series,
        })
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
            let without = without_id(brought, &registered);
            for (one, id) in brought.iter().zip(&registered.ids) {
                if let Some(series_id) = *id
                    && !without.contains(&one.position)
                {
                    rows.extend(rows_of(series_id, one.series));
                }
            }
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

/// The messages that bring a series without an id.
fn without_id(brought: &[Brought<'_>], registered: &Registered) -> BTreeSet<usize> {
    let all = brought.iter().zip(&registered.ids);
    let without = all.filter(|(_, id)| id.is_none());
    without.map(|(one, _)| one.position).collect()
}

fn rows_of(series_id: i64, series: PackedSeries<'_>) -> impl Iterator<Item = Row> {
    series.points().iter().map(move |&(ts_ms, value)| Row {
        series_id,
        ts_ms,
        value,
    })
}

/// A series with the times of its oldest and newest sample.
fn seen<'a>(one: &Brought<'a>) -> (Key, Seen<'a>) {
    let times = one.series.points().iter().map(|(ts_ms, _)| *ts_ms);
    let instant = |ms: Option<i64>| {
        ms.and_then(DateTime::from_timestamp_millis)
            .unwrap_or_default()
    };
    let seen = Seen {
        series: one.series,
        first_at: instant(times.clone().min()),
        last_at: instant(times.max()),
    };
    (one.key, seen)
}
