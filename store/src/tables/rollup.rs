//! `rollup_minute` and `rollup_hour`: buckets of closed hours.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use tracing::Instrument;

use crate::database::sql;
use crate::rules::rollup::{self, Bucket};

/// A row to be stored: series, buckets, sketches.
pub(crate) type Packed = (i64, Vec<u8>, Vec<u8>);

/// The minutes of these series and an hour.
pub(crate) async fn minutes(
    connection: &mut PgConnection,
    series: &[i64],
    hour: DateTime<Utc>,
) -> Result<HashMap<i64, Vec<Bucket>>, sqlx::Error> {
    let rows = sqlx::query!(
        "select series_id, buckets, sketches from rollup_minute where series_id = any ($1) and hour = $2",
        series,
        hour
    )
    .fetch_all(connection)
    .instrument(sql("select rollup_minute"))
    .await?;
    let begin_ms = hour.timestamp_millis();
    rows.into_iter()
        .map(|row| {
            Ok((
                row.series_id,
                rollup::decode(begin_ms, &row.buckets, &row.sketches)?,
            ))
        })
        .collect()
}

/// The hours of these series and a UTC day.
pub(crate) async fn hours(
    connection: &mut PgConnection,
    series: &[i64],
    day: DateTime<Utc>,
) -> Result<HashMap<i64, Vec<Bucket>>, sqlx::Error> {
    let rows = sqlx::query!(
        "select series_id, buckets, sketches from rollup_hour where series_id = any ($1) and day = $2",
        series,
        day
    )
    .fetch_all(connection)
    .instrument(sql("select rollup_hour"))
    .await?;
    let begin_ms = day.timestamp_millis();
    rows.into_iter()
        .map(|row| {
            Ok((
                row.series_id,
                rollup::decode(begin_ms, &row.buckets, &row.sketches)?,
            ))
        })
        .collect()
}

pub(crate) async fn upsert_minutes(
    connection: &mut PgConnection,
    hour: DateTime<Utc>,
    rows: Vec<Packed>,
) -> Result<(), sqlx::Error> {
    let (series, buckets, sketches) = columns(rows);
    sqlx::query!(
        "insert into rollup_minute (series_id, hour, buckets, sketches)
        select series_id, $1, buckets, sketches from unnest($2::bigint[], $3::bytea[], $4::bytea[]) as closed (series_id, buckets, sketches)
        on conflict (series_id, hour) do update set buckets = excluded.buckets, sketches = excluded.sketches",
        hour,
        &series,
        &buckets,
        &sketches
    )
    .execute(connection)
    .instrument(sql("insert rollup_minute"))
    .await?;
    Ok(())
}

pub(crate) async fn upsert_hours(
    connection: &mut PgConnection,
    day: DateTime<Utc>,
    rows: Vec<Packed>,
) -> Result<(), sqlx::Error> {
    let (series, buckets, sketches) = columns(rows);
    sqlx::query!(
        "insert into rollup_hour (series_id, day, buckets, sketches)
        select series_id, $1, buckets, sketches from unnest($2::bigint[], $3::bytea[], $4::bytea[]) as closed (series_id, buckets, sketches)
        on conflict (series_id, day) do update set buckets = excluded.buckets, sketches = excluded.sketches",
        day,
        &series,
        &buckets,
        &sketches
    )
    .execute(connection)
    .instrument(sql("insert rollup_hour"))
    .await?;
    Ok(())
}

/// Deletes what shorter plans than the longest no longer keep.
pub(crate) async fn delete_expired(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<u64, sqlx::Error> {
    let minutes = sqlx::query!(
        "delete from rollup_minute using series, tenant
        where series.id = rollup_minute.series_id and tenant.id = series.tenant_id
            and tenant.minute_days < (select max(minute_days) from tenant)
            and rollup_minute.hour < $1::timestamptz - make_interval(days => tenant.minute_days, hours => 1)",
        now
    )
    .execute(&mut *connection)
    .instrument(sql("delete rollup_minute"))
    .await?;
    let hours = sqlx::query!(
        "delete from rollup_hour using series, tenant
        where series.id = rollup_hour.series_id and tenant.id = series.tenant_id
            and tenant.hour_months < (select max(hour_months) from tenant)
            and rollup_hour.day < $1::timestamptz - make_interval(months => tenant.hour_months, days => 1)",
        now
    )
    .execute(connection)
    .instrument(sql("delete rollup_hour"))
    .await?;
    Ok(minutes.rows_affected() + hours.rows_affected())
}

fn columns(rows: Vec<Packed>) -> (Vec<i64>, Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let (mut series, mut buckets, mut sketches) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        series.push(row.0);
        buckets.push(row.1);
        sketches.push(row.2);
    }
    (series, buckets, sketches)
}
