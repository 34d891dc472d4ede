//! What is stored of samples, in all its forms, through the views that show the scope's tenant its own.
//!
//! Rows have to be read first and everything else after, in one transaction: the lock of reading rows keeps their hour
//! from being closed in between, so that nothing is missed or read twice.
//!
//! Every statement goes from series to series (`offset 0` keeps Postgres from joining otherwise), so that each one is found by
//! primary keys whatever the planner believes of the tables.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use futures_util::TryStreamExt;
use sqlx::PgConnection;
use tracing::Instrument;

use crate::database::sql;
use crate::rules::aggregate::{self, Point};
use crate::rules::block;
use crate::rules::rollup::Bucket;
use crate::rules::sketch::{self, Sketch};

/// Which series, and between which instants; the second is excluded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) series: &'a [i64],
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
}

/// What was read of a series, by its id.
pub(crate) type Pieces<T> = Vec<(i64, T)>;

/// Hot rows, in no order; at most `limit`.
pub(crate) async fn rows(
    connection: &mut PgConnection,
    wanted: Wanted<'_>,
    limit: i64,
) -> Result<Pieces<Point>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select wanted.id as "series_id!", found.ts as "ts!", found.value as "value!"
        from unnest($1::bigint[]) as wanted (id) cross join lateral (
            select ts, value from tenant_sample where series_id = wanted.id and ts >= $2 and ts < $3 offset 0
        ) found limit $4"#,
        wanted.series,
        wanted.from,
        wanted.to,
        limit
    )
    .fetch(connection)
    .map_ok(|row| {
        let at_ms = row.ts.timestamp_millis();
        (row.series_id, Point { at_ms, value: row.value })
    });
    rows.try_collect().instrument(sql("select sample")).await
}

/// The blocks of the hours that touch the range, each with how many samples it holds.
pub(crate) async fn blocks(
    connection: &mut PgConnection,
    wanted: Wanted<'_>,
) -> Result<Pieces<Packed>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select wanted.id as "series_id!", found.hour as "hour!", found.samples as "samples!", found.data as "data!"
        from unnest($1::bigint[]) as wanted (id) cross join lateral (
            select hour, samples, data from tenant_block where series_id = wanted.id and hour >= $2 and hour < $3 offset 0
        ) found"#,
        wanted.series,
        begin_of(wanted.from, TimeDelta::hours(1)),
        wanted.to
    )
    .fetch_all(connection)
    .instrument(sql("select sample_block"))
    .await?;
    let packed = rows.into_iter().map(|row| {
        let samples = usize::try_from(row.samples).unwrap_or_default();
        let packed = Packed {
            hour: row.hour,
            samples,
            data: row.data,
        };
        (row.series_id, packed)
    });
    Ok(packed.collect())
}

/// The compressed samples of an hour.
#[derive(Debug)]
pub(crate) struct Packed {
    hour: DateTime<Utc>,
    pub(crate) samples: usize,
    data: Vec<u8>,
}

impl Packed {
    pub(crate) fn points(&self) -> Result<Vec<Point>, sqlx::Error> {
        Ok(block::decode(self.hour.timestamp_millis(), &self.data)?)
    }
}

/// Buckets of a minute, of the hours that touch the range.
pub(crate) async fn minutes(
    connection: &mut PgConnection,
    wanted: Wanted<'_>,
    sketches: bool,
) -> Result<Pieces<Vec<Bucket>>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select wanted.id as "series_id!", found.hour as "hour!", found.buckets as "buckets!",
            case when $4 then found.sketches end as sketches
        from unnest($1::bigint[]) as wanted (id) cross join lateral (
            select hour, buckets, sketches from tenant_minute where series_id = wanted.id and hour >= $2 and hour < $3 offset 0
        ) found"#,
        wanted.series,
        begin_of(wanted.from, TimeDelta::hours(1)),
        wanted.to,
        sketches
    )
    .fetch_all(connection)
    .instrument(sql("select rollup_minute"))
    .await?;
    rows.into_iter()
        .map(|row| Ok((row.series_id, unpack(row.hour, &row.buckets, row.sketches)?)))
        .collect()
}

/// Buckets of an hour, of the days that touch the range.
pub(crate) async fn hours(
    connection: &mut PgConnection,
    wanted: Wanted<'_>,
    sketches: bool,
) -> Result<Pieces<Vec<Bucket>>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select wanted.id as "series_id!", found.day as "day!", found.buckets as "buckets!",
            case when $4 then found.sketches end as sketches
        from unnest($1::bigint[]) as wanted (id) cross join lateral (
            select day, buckets, sketches from tenant_hour where series_id = wanted.id and day >= $2 and day < $3 offset 0
        ) found"#,
        wanted.series,
        begin_of(wanted.from, TimeDelta::days(1)),
        wanted.to,
        sketches
    )
    .fetch_all(connection)
    .instrument(sql("select rollup_hour"))
    .await?;
    rows.into_iter()
        .map(|row| Ok((row.series_id, unpack(row.day, &row.buckets, row.sketches)?)))
        .collect()
}

fn unpack(
    begin: DateTime<Utc>,
    buckets: &[u8],
    sketches: Option<Vec<u8>>,
) -> Result<Vec<Bucket>, sqlx::Error> {
    let aggregates = aggregate::decode(begin.timestamp_millis(), buckets)?;
    let sketches = sketches.map_or(Ok(Vec::new()), |bytes| sketch::decode(&bytes))?;
    let sketches = sketches
        .into_iter()
        .chain(std::iter::repeat(Sketch::default()));
    let buckets = aggregates.into_iter().zip(sketches);
    Ok(buckets
        .map(|(aggregate, sketch)| Bucket { aggregate, sketch })
        .collect())
}

fn begin_of(at: DateTime<Utc>, width: TimeDelta) -> DateTime<Utc> {
    at.duration_trunc(width).unwrap_or(at)
}
