//! Hours of samples are closed: hot rows become blocks and roll-ups, and the rows are gone.
//!
//! Late samples simply become rows of their hour again, which closes it again. Several instances may do this at once: a
//! transaction claims the UTC day of its hour.

mod hour;
mod portion;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use crate::database::{Database, Scope};
use crate::tables::chunk::{self, Chunk, Table};
use crate::tables::{hour as sample_hour, sample};
use crate::writer::chunks::KnownChunks;
use crate::{leaving, retention, rolling_up};

const EVERY: Duration = Duration::from_secs(15);
/// An hour is closed this long after its end: most of what comes late has come by then.
const GRACE: TimeDelta = TimeDelta::minutes(10);
/// What comes later is collected for this long before its hour is closed again.
const REST: TimeDelta = TimeDelta::minutes(5);

/// Closes hours that are due, until told to stop. Stopping amid an hour undoes that hour only.
pub(crate) async fn run(database: Database, stop: CancellationToken) {
    let chunks = KnownChunks::default();
    loop {
        let work = close_due(&database, &chunks, service::now(), REST);
        tokio::select! {
            outcome = work => if let Err(error) = outcome {
                tracing::warn!(%error, "the closing of hours will be tried again in 15 s");
            },
            () = stop.cancelled() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Closes every hour that is over and has rows, however recently it was closed, and forgets what is too old or was deleted.
pub(crate) async fn tidy(database: &Database) -> anyhow::Result<()> {
    let now = service::now();
    close_due(database, &KnownChunks::default(), now, TimeDelta::zero()).await?;
    rolling_up::roll_up_due(database, now).await?;
    retention::enforce(database, now).await?;
    Ok(leaving::clear(database, &CancellationToken::new()).await?)
}

/// Closes every hour that ended long enough ago and has rows, the oldest first, but not within `rest` of its last closing.
async fn close_due(
    database: &Database,
    chunks: &KnownChunks,
    now: DateTime<Utc>,
    rest: TimeDelta,
) -> Result<(), sqlx::Error> {
    for hour in due(database, now, rest).await? {
        let outcome = hour::close(database, chunks, hour, now).await;
        match outcome {
            Err(error) if sample::is_chunk_missing(&error) => chunks.forget(),
            Err(error) if is_busy(&error) => {
                tracing::debug!(%hour, "the hour is in use; closing it later");
            }
            outcome => outcome?,
        }
    }
    Ok(())
}

async fn due(
    database: &Database,
    now: DateTime<Utc>,
    rest: TimeDelta,
) -> Result<Vec<DateTime<Utc>>, sqlx::Error> {
    let last = Chunk::of(Table::Sample, now - GRACE).begin_at;
    let mut transaction = database.begin(Scope::Keeper).await?;
    let over = chunk::list(&mut transaction, Table::Sample, last).await?;
    transaction.commit().await?;
    let mut due = Vec::new();
    for hour in over.into_iter().map(|chunk| chunk.begin_at) {
        // One by one: looking into an hour locks it, and there may be thousands after a backfill.
        let mut transaction = database.begin(Scope::Keeper).await?;
        sample_hour::limit_waiting(&mut transaction, hour::PATIENCE).await?;
        let closed_at = sample_hour::closed_at(&mut transaction, hour).await?;
        let rested = closed_at.is_none_or(|closed_at| closed_at + rest <= now);
        match sample_hour::has_rows(&mut transaction, hour).await {
            Ok(found) if found && rested => due.push(hour),
            Err(error) if !is_busy(&error) => return Err(error),
            _ => {}
        }
    }
    Ok(due)
}

/// SQLSTATE `lock_not_available`.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    code.as_deref() == Some("55P03")
}
