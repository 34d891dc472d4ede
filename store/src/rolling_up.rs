//! Rolling up results: an hour is closed some minutes after its end, and again when late results come. Can end anywhere and
//! be done by any number of instances: an hour is marked as open until the transaction that rolled it up.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::database::{Database, Scope};
use crate::rules::results::{Tallies, Tally, decode, encode, merge, tallies};
use crate::rules::rollup::{DAY_MS, HOUR_MS, MINUTE_MS, begin_of};
use crate::tables::chunk::{self, Chunk, Table};
use crate::tables::probe_result::checks::{self, Span};
use crate::tables::result_rollup::{self, Row};

/// A page shows whole hours from roll-ups only, so late results should not wait for long.
const EVERY: Duration = Duration::from_secs(5);
/// How long after its end an hour is closed.
const GRACE: TimeDelta = TimeDelta::minutes(5);
/// How long results are kept one by one.
pub(crate) const RAW: TimeDelta = TimeDelta::days(7);
/// Hours of monitors that one transaction rolls up.
const PORTION: i64 = 60;

/// Minutes by what they are minutes of.
type Known = BTreeMap<(Uuid, String), Tallies>;

/// Rolls up what is due every few seconds, until told to stop.
pub(crate) async fn run(database: Database, stop: CancellationToken) {
    loop {
        tokio::select! {
            outcome = roll_up_due(&database, service::now()) => if let Err(error) = outcome {
                tracing::warn!(%error, "the rolling up of results will be tried again in 5 s");
            },
            () = stop.cancelled() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Rolls up every hour that ended some minutes ago, and those that were opened again.
pub(crate) async fn roll_up_due(
    database: &Database,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let due = hour_of(now - GRACE);
    let mut transaction = database.begin(Scope::Keeper).await?;
    if result_rollup::closed_until(&mut transaction).await? < due {
        result_rollup::advance(&mut transaction, due).await?;
    }
    transaction.commit().await?;
    while roll_up(database, now).await? {}
    Ok(())
}

/// Whether there may be more to do.
async fn roll_up(database: &Database, now: DateTime<Utc>) -> Result<bool, sqlx::Error> {
    let mut transaction = database.begin(Scope::Keeper).await?;
    let taken = result_rollup::take_open(&mut transaction, PORTION).await?;
    // Where its results are gone already, what was rolled up of an hour is final.
    let oldest = now - RAW;
    let hours: Vec<_> = taken
        .iter()
        .filter(|(_, hour)| *hour >= oldest)
        .copied()
        .collect();
    let spans: Vec<Span> = hours
        .iter()
        .map(|(monitor, hour)| Span {
            monitor: *monitor,
            from: *hour,
            to: *hour + TimeDelta::hours(1),
        })
        .collect();
    let mut known = Known::new();
    let checks = checks::of_all(&mut transaction, &spans).await?;
    for ((monitor, region), checks) in checks {
        known.insert((monitor, region), tallies(&checks, MINUTE_MS));
    }
    put(&mut transaction, &known).await?;
    transaction.commit().await?;
    Ok(!taken.is_empty())
}

async fn put(connection: &mut PgConnection, known: &Known) -> Result<(), sqlx::Error> {
    let minutes = rows(known, HOUR_MS, MINUTE_MS);
    let days = merged(connection, known).await?;
    let hours = rows(&days, DAY_MS, HOUR_MS);
    let chunks: BTreeSet<Chunk> = minutes
        .iter()
        .map(|row| Chunk::of(Table::ResultMinute, row.begin_at))
        .chain(
            hours
                .iter()
                .map(|row| Chunk::of(Table::ResultHour, row.begin_at)),
        )
        .collect();
    for chunk in chunks {
        chunk::ensure(connection, chunk).await?;
    }
    result_rollup::put_minutes(connection, &minutes).await?;
    result_rollup::put_hours(connection, &hours).await
}

/// The days that these minutes belong to, with their hours replaced.
async fn merged(connection: &mut PgConnection, known: &Known) -> Result<Known, sqlx::Error> {
    let monitors: BTreeSet<Uuid> = known.keys().map(|(monitor, _)| *monitor).collect();
    let minutes = known.values().flat_map(BTreeMap::keys);
    let days: BTreeSet<DateTime<Utc>> = minutes
        .map(|minute| instant(begin_of(*minute, DAY_MS)))
        .collect();
    let (monitors, days): (Vec<_>, Vec<_>) =
        (monitors.into_iter().collect(), days.into_iter().collect());
    let mut hours = Known::new();
    for row in result_rollup::days(connection, &monitors, &days).await? {
        let stored = decode(row.begin_at.timestamp_millis(), HOUR_MS, &row.packed)?;
        hours
            .entry((row.monitor, row.region))
            .or_default()
            .extend(stored);
    }
    for (key, minutes) in known {
        let mut fresh = Tallies::new();
        merge(&mut fresh, minutes, HOUR_MS);
        hours.entry(key.clone()).or_default().extend(fresh);
    }
    Ok(hours)
}

/// One row for each `row_ms` in which there is a bucket.
fn rows(known: &Known, row_ms: i64, bucket_ms: i64) -> Vec<Row> {
    let rows = known.iter().flat_map(|((monitor, region), tallies)| {
        let mut by_row: BTreeMap<i64, BTreeMap<i64, Tally>> = BTreeMap::new();
        for (begin, tally) in tallies {
            let row = by_row.entry(begin_of(*begin, row_ms)).or_default();
            row.insert(*begin, tally.clone());
        }
        by_row.into_iter().map(|(begin_ms, row)| Row {
            monitor: *monitor,
            region: region.clone(),
            begin_at: instant(begin_ms),
            packed: encode(begin_ms, bucket_ms, &row),
        })
    });
    rows.collect()
}

fn hour_of(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::hours(1)).unwrap_or(at)
}

fn instant(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}
