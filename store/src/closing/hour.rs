//! One hour, in one transaction: whatever happens in between, the hour is either closed or as it was.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::portion;
use crate::database::{Database, Scope};
use crate::rules::aggregate::Point;
use crate::tables::chunk::{Chunk, Table};
use crate::tables::hour;
use crate::writer::chunks::KnownChunks;

/// Longest wait for writers or readers of the hour; meanwhile others wait behind.
pub(super) const PATIENCE: TimeDelta = TimeDelta::seconds(2);
/// Rows read at once: what bounds memory, beside the one series whose rows these end with.
const PORTION: i64 = 50_000;

/// Rows of some series, each complete and oldest first.
pub(super) type Rows = Vec<(i64, Vec<Point>)>;

/// Closes an hour, unless another instance is at it.
///
/// Writers of the hour wait until this is done. Readers do not, but emptying the hour waits for them: see `empty_hour` in
/// the migrations for what that means for them.
pub(super) async fn close(
    database: &Database,
    chunks: &KnownChunks,
    begin_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let wanted = [Table::SampleBlock, Table::RollupMinute, Table::RollupHour]
        .map(|table| Chunk::of(table, begin_at));
    chunks.ensure(database, &BTreeSet::from(wanted)).await?;
    let mut transaction = database.begin(Scope::Keeper).await?;
    hour::limit_waiting(&mut transaction, PATIENCE).await?;
    if !hour::claim(&mut transaction, begin_at).await?
        || !hour::hold(&mut transaction, begin_at).await?
    {
        return Ok(());
    }
    let mut reader = Reader::new(begin_at);
    let mut samples = 0;
    while let Some(rows) = reader.next(&mut transaction).await? {
        samples += rows.iter().map(|(_, points)| points.len()).sum::<usize>();
        portion::close(&mut transaction, begin_at, rows).await?;
    }
    if samples == 0 {
        return Ok(());
    }
    hour::finish(&mut transaction, begin_at, now).await?;
    transaction.commit().await?;
    tracing::info!(hour = %begin_at, samples, "closed an hour");
    Ok(())
}

/// Reads an hour in portions that do not part a series.
struct Reader {
    begin_at: DateTime<Utc>,
    after: (i64, DateTime<Utc>),
    /// Of the series that may go on in the next portion.
    rest: Option<(i64, Vec<Point>)>,
}

impl Reader {
    fn new(begin_at: DateTime<Utc>) -> Self {
        Self {
            begin_at,
            after: (i64::MIN, begin_at),
            rest: None,
        }
    }

    async fn next(
        &mut self,
        connection: &mut sqlx::PgConnection,
    ) -> Result<Option<Rows>, sqlx::Error> {
        let mut whole = Rows::new();
        while whole.is_empty() {
            let read = hour::rows_after(connection, self.begin_at, self.after, PORTION).await?;
            let Some(&(series, ts, _)) = read.last() else {
                return Ok(self.rest.take().map(|rest| vec![rest]));
            };
            self.after = (series, ts);
            for (series, ts, value) in read {
                let at_ms = ts.timestamp_millis();
                let point = Point { at_ms, value };
                match &mut self.rest {
                    Some((open, points)) if *open == series => points.push(point),
                    rest => whole.extend(rest.replace((series, vec![point]))),
                }
            }
        }
        Ok(Some(whole))
    }
}
