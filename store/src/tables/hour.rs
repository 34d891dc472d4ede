//! `sample_hour` and the hot rows of one hour: what the closing of hours reads and empties.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use tracing::Instrument;

use crate::database::sql;

/// Waits at most this long for any lock, until the end of the transaction.
pub(crate) async fn limit_waiting(
    connection: &mut PgConnection,
    wait: TimeDelta,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select set_config('lock_timeout', $1, true)",
        format!("{}ms", wait.num_milliseconds())
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// Whether this transaction is now the only one that closes hours of the hour's UTC day: they share rows of `rollup_hour`.
pub(crate) async fn claim(
    connection: &mut PgConnection,
    hour: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtext('overseer.close'), ($1::date - date 'epoch')) as "claimed!""#,
        hour.date_naive()
    )
    .fetch_one(connection)
    .instrument(sql("lock sample_hour"))
    .await
}

/// Keeps writers out of the hour until the end of the transaction. Says whether it has a partition.
pub(crate) async fn hold(
    connection: &mut PgConnection,
    hour: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"select hold_hour($1) as "held!""#, hour)
        .fetch_one(connection)
        .instrument(sql("call hold_hour"))
        .await
}

/// Whether the hour has rows.
pub(crate) async fn has_rows(
    connection: &mut PgConnection,
    hour: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select from sample where ts >= $1 and ts < $2) as "found!""#,
        hour,
        hour + TimeDelta::hours(1)
    )
    .fetch_one(connection)
    .instrument(sql("select sample"))
    .await
}

/// A row of the hour: series, instant, value.
pub(crate) type HotRow = (i64, DateTime<Utc>, f64);

/// The next rows of the hour after those of this series and instant, in the order of series and time.
pub(crate) async fn rows_after(
    connection: &mut PgConnection,
    hour: DateTime<Utc>,
    after: (i64, DateTime<Utc>),
    limit: i64,
) -> Result<Vec<HotRow>, sqlx::Error> {
    let rows = sqlx::query!(
        "select series_id, ts, value from sample
        where ts >= $1 and ts < $2 and (series_id, ts) > ($3, $4)
        order by series_id, ts limit $5",
        hour,
        hour + TimeDelta::hours(1),
        after.0,
        after.1,
        limit
    )
    .fetch_all(connection)
    .instrument(sql("select sample"))
    .await?;
    let rows = rows.into_iter();
    Ok(rows.map(|row| (row.series_id, row.ts, row.value)).collect())
}

/// Empties the hour and notes that it was closed.
pub(crate) async fn finish(
    connection: &mut PgConnection,
    hour: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into sample_hour (hour, closed_at) values ($1, $2)
        on conflict (hour) do update set closed_at = excluded.closed_at",
        hour,
        now
    )
    .execute(&mut *connection)
    .instrument(sql("insert sample_hour"))
    .await?;
    sqlx::query!(r#"select empty_hour($1) as "done: ()""#, hour)
        .fetch_one(connection)
        .instrument(sql("call empty_hour"))
        .await?;
    Ok(())
}

/// When an hour was closed last.
pub(crate) async fn closed_at(
    connection: &mut PgConnection,
    hour: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    sqlx::query_scalar!("select closed_at from sample_hour where hour = $1", hour)
        .fetch_optional(connection)
        .instrument(sql("select sample_hour"))
        .await
}

/// When an hour of this time was closed last.
pub(crate) async fn last_closed(
    connection: &mut PgConnection,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    sqlx::query_scalar!(
        "select max(closed_at) from sample_hour where hour >= $1 and hour < $2",
        from,
        to
    )
    .fetch_one(connection)
    .instrument(sql("select sample_hour"))
    .await
}

/// Forgets the hours before an instant that were closed before another.
pub(crate) async fn forget(
    connection: &mut PgConnection,
    before: DateTime<Utc>,
    closed_before: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from sample_hour where hour < $1 and closed_at < $2",
        before,
        closed_before
    )
    .execute(connection)
    .instrument(sql("delete sample_hour"))
    .await?;
    Ok(())
}
