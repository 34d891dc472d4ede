//! `result_minute`, `result_hour`, and which hours are in them: `result_watermark` and `result_open`.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;
use crate::rules::results::Packed;

/// A row of a roll-up: the minutes of an hour or the hours of a UTC day.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) monitor: Uuid,
    pub(crate) region: String,
    pub(crate) begin_at: DateTime<Utc>,
    pub(crate) packed: Packed,
}

/// A row as a tenant reads it.
struct Read {
    monitor: Uuid,
    region: String,
    begin_at: DateTime<Utc>,
    counts: Vec<u8>,
    total: Option<Vec<u8>>,
    phases: Option<Vec<u8>>,
}

impl From<Read> for Row {
    fn from(read: Read) -> Self {
        Self {
            monitor: read.monitor,
            region: read.region,
            begin_at: read.begin_at,
            packed: Packed {
                counts: read.counts,
                total: read.total,
                phases: read.phases,
            },
        }
    }
}

/// Which rows, and how much of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) monitors: &'a [Uuid],
    pub(crate) region: Option<&'a str>,
    /// Rows that begin in between; the second is excluded.
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
    pub(crate) total: bool,
    pub(crate) phases: bool,
}

/// The minutes of hours, read by the scope's tenant.
pub(crate) async fn minutes(
    connection: &mut PgConnection,
    wanted: Wanted<'_>,
) -> Result<Vec<Row>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Read,
        r#"select r.monitor_id as "monitor!", r.region as "region!", r.hour as "begin_at!", r.counts as "counts!",
            case when $5 then r.total end as total, case when $6 then r.phases end as phases
        from unnest($1::uuid[]) as wanted (id) cross join lateral (
            select * from tenant_result_minute
            where monitor_id = wanted.id and ($2::text is null or region = $2) and hour >= $3 and hour < $4 offset 0
        ) r"#,
        wanted.monitors,
        wanted.region,
        wanted.from,
        wanted.to,
        wanted.total,
        wanted.phases
    )
    .fetch_all(connection)
    .instrument(sql("select result_minute"))
    .await?;
    Ok(rows.into_iter().map(Row::from).collect())
}

/// The hours of days, read by the scope's tenant.
pub(crate) async fn hours(
    connection: &mut PgConnection,
    wanted: Wanted<'_>,
) -> Result<Vec<Row>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Read,
        r#"select r.monitor_id as "monitor!", r.region as "region!", r.day as "begin_at!", r.counts as "counts!",
            case when $5 then r.total end as total, case when $6 then r.phases end as phases
        from unnest($1::uuid[]) as wanted (id) cross join lateral (
            select * from tenant_result_hour
            where monitor_id = wanted.id and ($2::text is null or region = $2) and day >= $3 and day < $4 offset 0
        ) r"#,
        wanted.monitors,
        wanted.region,
        wanted.from,
        wanted.to,
        wanted.total,
        wanted.phases
    )
    .fetch_all(connection)
    .instrument(sql("select result_hour"))
    .await?;
    Ok(rows.into_iter().map(Row::from).collect())
}

/// Until when all hours are rolled up.
pub(crate) async fn closed_until(
    connection: &mut PgConnection,
) -> Result<DateTime<Utc>, sqlx::Error> {
    sqlx::query_scalar!("select closed_until from result_watermark")
        .fetch_one(connection)
        .instrument(sql("select result_watermark"))
        .await
}

/// Until when hours are rolled up, and which of them are to be rolled up once more, of these monitors of the scope's tenant.
pub(crate) async fn open(
    connection: &mut PgConnection,
    monitors: &[Uuid],
) -> Result<(DateTime<Utc>, BTreeSet<(Uuid, DateTime<Utc>)>), sqlx::Error> {
    let rows = sqlx::query!(
        r#"select closed_until, monitor_id as "monitor?", hour as "hour?" from result_watermark
        left join tenant_result_open on monitor_id = any ($1) and hour < closed_until"#,
        monitors
    )
    .fetch_all(connection)
    .instrument(sql("select result_open"))
    .await?;
    let watermark = rows.first().ok_or(sqlx::Error::RowNotFound)?.closed_until;
    let hours = rows.iter().filter_map(|row| row.monitor.zip(row.hour));
    Ok((watermark, hours.collect()))
}

/// Notes that results are about to be added to these hours. For writers, in the transaction that adds them.
pub(crate) async fn reopen(
    connection: &mut PgConnection,
    monitors: &[Uuid],
    hours: &[DateTime<Utc>],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"select open_result_hours($1, $2) as "done: ()""#,
        monitors,
        hours
    )
    .fetch_one(connection)
    .instrument(sql("call open_result_hours"))
    .await?;
    Ok(())
}

/// Says of all monitors that their hours until this instant are to be rolled up. No writer is under way meanwhile.
pub(crate) async fn advance(
    connection: &mut PgConnection,
    until: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"select pg_advisory_xact_lock(hashtext('overseer.result_watermark')) as "done: ()""#
    )
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query!(
        "with passed as (
            select hour from result_watermark, generate_series(closed_until, $1::timestamptz - interval '1 hour', interval '1 hour') as hour
        ), marked as (
            insert into result_open (monitor_id, hour) select id, hour from monitor, passed on conflict do nothing
        )
        update result_watermark set closed_until = $1 where closed_until < $1",
        until
    )
    .execute(connection)
    .instrument(sql("update result_watermark"))
    .await?;
    Ok(())
}

/// Takes up to `limit` marks away, to do what they say before the transaction ends. None while somebody else does.
pub(crate) async fn take_open(
    connection: &mut PgConnection,
    limit: i64,
) -> Result<Vec<(Uuid, DateTime<Utc>)>, sqlx::Error> {
    let alone = sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtext('overseer.result_rollup')) as "alone!""#
    );
    if !alone.fetch_one(&mut *connection).await? {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        "delete from result_open where (monitor_id, hour) in (
            select monitor_id, hour from result_open order by hour, monitor_id limit $1 for update skip locked
        ) returning monitor_id, hour",
        limit
    )
    .fetch_all(connection)
    .instrument(sql("delete result_open"))
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.monitor_id, row.hour))
        .collect())
}

/// The days that are there already.
pub(crate) async fn days(
    connection: &mut PgConnection,
    monitors: &[Uuid],
    days: &[DateTime<Utc>],
) -> Result<Vec<Row>, sqlx::Error> {
    let rows = sqlx::query!(
        "select monitor_id, region, day, counts, total, phases from result_hour
        where monitor_id = any ($1) and day = any ($2)",
        monitors,
        days
    )
    .fetch_all(connection)
    .instrument(sql("select result_hour"))
    .await?;
    let rows = rows.into_iter().map(|row| Row {
        monitor: row.monitor_id,
        region: row.region,
        begin_at: row.day,
        packed: Packed {
            counts: row.counts,
            total: Some(row.total),
            phases: Some(row.phases),
        },
    });
    Ok(rows.collect())
}

/// Stores the minutes of hours. Those that are there are replaced.
pub(crate) async fn put_minutes(
    connection: &mut PgConnection,
    rows: &[Row],
) -> Result<(), sqlx::Error> {
    let columns = Columns::from(rows);
    sqlx::query!(
        "insert into result_minute (monitor_id, region, hour, counts, total, phases)
        select * from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bytea[], $5::bytea[], $6::bytea[])
        on conflict (monitor_id, region, hour) do update
            set counts = excluded.counts, total = excluded.total, phases = excluded.phases",
        &columns.monitors,
        &columns.regions,
        &columns.begins,
        &columns.counts,
        &columns.totals,
        &columns.phases
    )
    .execute(connection)
    .instrument(sql("insert result_minute"))
    .await?;
    Ok(())
}

/// Stores the hours of days. Those that are there are replaced.
pub(crate) async fn put_hours(
    connection: &mut PgConnection,
    rows: &[Row],
) -> Result<(), sqlx::Error> {
    let columns = Columns::from(rows);
    sqlx::query!(
        "insert into result_hour (monitor_id, region, day, counts, total, phases)
        select * from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bytea[], $5::bytea[], $6::bytea[])
        on conflict (monitor_id, region, day) do update
            set counts = excluded.counts, total = excluded.total, phases = excluded.phases",
        &columns.monitors,
        &columns.regions,
        &columns.begins,
        &columns.counts,
        &columns.totals,
        &columns.phases
    )
    .execute(connection)
    .instrument(sql("insert result_hour"))
    .await?;
    Ok(())
}

#[derive(Default)]
struct Columns {
    monitors: Vec<Uuid>,
    regions: Vec<String>,
    begins: Vec<DateTime<Utc>>,
    counts: Vec<Vec<u8>>,
    totals: Vec<Vec<u8>>,
    phases: Vec<Vec<u8>>,
}

impl From<&[Row]> for Columns {
    fn from(rows: &[Row]) -> Self {
        let mut columns = Self::default();
        for row in rows {
            columns.monitors.push(row.monitor);
            columns.regions.push(row.region.clone());
            columns.begins.push(row.begin_at);
            columns.counts.push(row.packed.counts.clone());
            columns
                .totals
                .push(row.packed.total.clone().unwrap_or_default());
            columns
                .phases
                .push(row.packed.phases.clone().unwrap_or_default());
        }
        columns
    }
}
