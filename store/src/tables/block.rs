//! `sample_block`: the samples of closed hours.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use tracing::Instrument;

use crate::database::sql;
use crate::rules::aggregate::Point;
use crate::rules::block;

/// The blocks of these series and an hour.
pub(crate) async fn of_hour(
    connection: &mut PgConnection,
    series: &[i64],
    hour: DateTime<Utc>,
) -> Result<HashMap<i64, Vec<Point>>, sqlx::Error> {
    let rows = sqlx::query!(
        "select series_id, data from sample_block where series_id = any ($1) and hour = $2",
        series,
        hour
    )
    .fetch_all(connection)
    .instrument(sql("select sample_block"))
    .await?;
    let read = |data: &[u8]| block::decode(hour.timestamp_millis(), data);
    rows.into_iter()
        .map(|row| Ok((row.series_id, read(&row.data)?)))
        .collect()
}

/// Stores blocks of an hour, each as (series, number of samples, bytes).
pub(crate) async fn upsert(
    connection: &mut PgConnection,
    hour: DateTime<Utc>,
    blocks: Vec<(i64, i32, Vec<u8>)>,
) -> Result<(), sqlx::Error> {
    let (mut series, mut samples, mut data) = (Vec::new(), Vec::new(), Vec::new());
    for block in blocks {
        series.push(block.0);
        samples.push(block.1);
        data.push(block.2);
    }
    sqlx::query!(
        "insert into sample_block (series_id, hour, samples, data)
        select series_id, $1, samples, data from unnest($2::bigint[], $3::int[], $4::bytea[]) as closed (series_id, samples, data)
        on conflict (series_id, hour) do update set samples = excluded.samples, data = excluded.data",
        hour,
        &series,
        &samples,
        &data
    )
    .execute(connection)
    .instrument(sql("insert sample_block"))
    .await?;
    Ok(())
}

/// Deletes what shorter plans than the longest no longer keep, of hours closed before an instant.
pub(crate) async fn delete_expired(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
    closed_before: DateTime<Utc>,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "delete from sample_block using series, tenant, sample_hour
        where series.id = sample_block.series_id and tenant.id = series.tenant_id
            and tenant.raw_hours < (select max(raw_hours) from tenant)
            and sample_block.hour < $1::timestamptz - make_interval(hours => tenant.raw_hours + 1)
            and sample_hour.hour = sample_block.hour and sample_hour.closed_at < $2",
        now,
        closed_before
    )
    .execute(connection)
    .instrument(sql("delete sample_block"))
    .await?;
    Ok(done.rows_affected())
}
