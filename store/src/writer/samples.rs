//! METRICS into `series` and `sample`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bus::{Failure, Message};
use chrono::{DateTime, NaiveDate, Utc};
use contract::id::TenantId;
use contract::metric::{Batch, Series, metric_name};
use contract::subject::parse;
use opentelemetry::metrics::Counter;
use sqlx::{Postgres, Transaction};

use super::days::{self, KnownDays};
use super::failure;
use super::registry::Registry;
use crate::database::{Database, Scope};
use crate::metrics;
use crate::rules::copy::{self, Row};
use crate::tables::sample;
use crate::tables::series::{Fingerprint, Seen, fingerprint};

/// Writes batches of samples. One for all partitions: they share what they remember.
#[derive(Debug)]
pub(crate) struct SampleWriter {
    database: Database,
    registry: Registry,
    days: KnownDays,
    written: Counter<u64>,
}

type ByTenant<'a> = HashMap<TenantId, Vec<(Fingerprint, &'a Series)>>;

impl SampleWriter {
    pub(crate) fn new(database: Database) -> Self {
        Self {
            database,
            registry: Registry::default(),
            days: KnownDays::default(),
            written: metrics::samples_written(),
        }
    }

    /// Stores all messages or none. A message that cannot be stored rejects the batch; the bus then tries its halves.
    pub(crate) async fn write(&self, messages: &[Message<Batch>]) -> Result<(), Failure> {
        let now = service::now();
        let mut by_tenant = ByTenant::new();
        for message in messages {
            let tenant = judge(message, now).map_err(|reason| Failure::reject(&reason))?;
            let series = message
                .body
                .series
                .iter()
                .filter(|series| !series.points.is_empty());
            let keyed = series.map(|series| (fingerprint(&series.name, &series.labels), series));
            by_tenant.entry(tenant).or_default().extend(keyed);
        }
        let again = messages.iter().any(|message| message.delivered > 1);
        self.store(&by_tenant, again)
            .await
            .map_err(|error| failure(&error))
    }

    async fn store(&self, by_tenant: &ByTenant<'_>, again: bool) -> Result<(), sqlx::Error> {
        let mut rows = Vec::new();
        for (tenant, series) in by_tenant {
            let ids = self
                .registry
                .ids(&self.database, *tenant, &seen(series))
                .await?;
            for (fingerprint, series) in series {
                let &series_id = ids.get(fingerprint).ok_or(sqlx::Error::RowNotFound)?;
                rows.extend(series.points.iter().map(|&(ts_ms, value)| Row {
                    series_id,
                    ts_ms,
                    value,
                }));
            }
        }
        copy::normalise(&mut rows);
        let wanted: BTreeSet<NaiveDate> = rows.iter().filter_map(Row::day).collect();
        self.days.ensure(&self.database, &wanted).await?;
        let outcome = self.insert(&rows, again).await;
        if outcome.as_ref().is_err_and(sample::is_day_missing) {
            self.days.forget();
        }
        outcome
    }

    /// By the fast way, unless something of it may be there already.
    async fn insert(&self, rows: &[Row], again: bool) -> Result<(), sqlx::Error> {
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

/// The tenant of a message that can be stored, or why it cannot.
fn judge(message: &Message<Batch>, now: DateTime<Utc>) -> Result<TenantId, String> {
    let tenant = parse::metrics_accepted(&message.subject)
        .ok_or_else(|| format!("the subject {} names no tenant", message.subject))?;
    for series in &message.body.series {
        let text = std::iter::once(&series.name).chain(series.labels.keys());
        for name in text {
            metric_name(name).map_err(|error| format!("the name {name:?} {error}"))?;
        }
        for (ts_ms, value) in &series.points {
            if !value.is_finite() {
                return Err(format!("{} has a value that is not finite", series.name));
            }
            let at = DateTime::from_timestamp_millis(*ts_ms);
            if !at.is_some_and(|at| days::is_kept(at.date_naive(), now)) {
                return Err(format!(
                    "{} has a sample at {ts_ms} ms, which is out of range",
                    series.name
                ));
            }
        }
    }
    Ok(tenant)
}

/// The series of a tenant, each with the times of its oldest and newest sample.
fn seen<'a>(series: &[(Fingerprint, &'a Series)]) -> BTreeMap<Fingerprint, Seen<'a>> {
    let mut seen: BTreeMap<Fingerprint, Seen<'a>> = BTreeMap::new();
    for (fingerprint, series) in series {
        let times = series.points.iter().map(|(ts_ms, _)| *ts_ms);
        let instant = |ms: Option<i64>| {
            ms.and_then(DateTime::from_timestamp_millis)
                .unwrap_or_default()
        };
        let (first_at, last_at) = (instant(times.clone().min()), instant(times.max()));
        seen.entry(*fingerprint)
            .and_modify(|known| {
                known.first_at = known.first_at.min(first_at);
                known.last_at = known.last_at.max(last_at);
            })
            .or_insert(Seen {
                name: &series.name,
                labels: &series.labels,
                unit: series.unit.as_deref(),
                kind: series.kind,
                first_at,
                last_at,
            });
    }
    seen
}
