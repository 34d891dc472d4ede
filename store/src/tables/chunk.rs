//! `chunk`: the partitions of the tables that are cut by time. How they are cut only the functions know that are called here.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use sqlx::PgConnection;
use tracing::Instrument;

use crate::database::sql;

/// A table that is cut by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Table {
    Sample,
    SampleBlock,
    RollupMinute,
    RollupHour,
    ProbeResult,
    ResultMinute,
    ResultHour,
    Telemetry,
}

/// A partition of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Chunk {
    pub(crate) table: Table,
    pub(crate) begin_at: DateTime<Utc>,
}

impl Table {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sample => "sample",
            Self::SampleBlock => "sample_block",
            Self::RollupMinute => "rollup_minute",
            Self::RollupHour => "rollup_hour",
            Self::ProbeResult => "probe_result",
            Self::ResultMinute => "result_minute",
            Self::ResultHour => "result_hour",
            Self::Telemetry => "telemetry",
        }
    }

    /// How much time a partition covers: what the table `chunking` says.
    pub(crate) fn width(self) -> TimeDelta {
        match self {
            Self::Sample | Self::Telemetry => TimeDelta::hours(1),
            Self::SampleBlock | Self::RollupMinute | Self::ProbeResult | Self::ResultMinute => {
                TimeDelta::days(1)
            }
            Self::RollupHour | Self::ResultHour => TimeDelta::days(30),
        }
    }
}

impl Chunk {
    /// The one an instant falls into.
    pub(crate) fn of(table: Table, at: DateTime<Utc>) -> Self {
        Self {
            table,
            begin_at: at.duration_trunc(table.width()).unwrap_or(at),
        }
    }

    pub(crate) fn end_at(self) -> DateTime<Utc> {
        self.begin_at + self.table.width()
    }
}

/// Makes a partition where there is none.
pub(crate) async fn ensure(connection: &mut PgConnection, chunk: Chunk) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"select ensure_chunk($1, $2) as "done: ()""#,
        chunk.table.name(),
        chunk.begin_at
    )
    .fetch_one(connection)
    .instrument(sql("call ensure_chunk"))
    .await?;
    Ok(())
}

/// The partitions of a table that begin before an instant, oldest first.
pub(crate) async fn list(
    connection: &mut PgConnection,
    table: Table,
    before: DateTime<Utc>,
) -> Result<Vec<Chunk>, sqlx::Error> {
    let begins = sqlx::query_scalar!(
        r#"select begin_at as "begin_at!" from chunk_begins($1) as begin_at where begin_at < $2 order by begin_at"#,
        table.name(),
        before
    )
    .fetch_all(connection)
    .instrument(sql("select chunk"))
    .await?;
    let chunk = |begin_at| Chunk { table, begin_at };
    Ok(begins.into_iter().map(chunk).collect())
}

/// Drops a partition with all it holds; one of samples only when it is empty.
pub(crate) async fn drop(connection: &mut PgConnection, chunk: Chunk) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"select drop_chunk($1, $2) as "gone!""#,
        chunk.table.name(),
        chunk.begin_at
    )
    .fetch_one(connection)
    .instrument(sql("call drop_chunk"))
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_begins_where_postgres_says() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        let begin = |table| Chunk::of(table, at("2026-11-20T19:26:21Z")).begin_at;
        assert_eq!(begin(Table::Sample), at("2026-11-20T19:00:00Z"));
        assert_eq!(begin(Table::SampleBlock), at("2026-11-20T00:00:00Z"));
        // date_bin('30 days', ..., 'epoch')
        assert_eq!(begin(Table::RollupHour), at("2026-11-03T00:00:00Z"));
    }
}
