//! `sample`: writing. Reading is in [`super::point`], through a view.

use sqlx::PgConnection;
use tracing::Instrument;

use crate::database::sql;
use crate::rules::copy::{self, Row};

/// No series has two values at one instant.
pub(crate) fn is_repetition(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// A time without a partition: SQLSTATE `check_violation`.
pub(crate) fn is_chunk_missing(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_check_violation)
}

/// Adds rows that are all new. The fast way; fails as a whole when one is not.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    rows: &[Row],
) -> Result<u64, sqlx::Error> {
    copy_into(
        connection,
        "copy sample (series_id, ts, value) from stdin (format binary)",
        rows,
    )
    .instrument(sql("copy sample"))
    .await
}

/// Adds those rows that are new. Returns how many were.
pub(crate) async fn insert_new(
    connection: &mut PgConnection,
    rows: &[Row],
) -> Result<u64, sqlx::Error> {
    // No macro: the table exists in this transaction only.
    sqlx::query("create temporary table staging (series_id bigint, ts timestamptz, value double precision) on commit drop")
        .execute(&mut *connection)
        .await?;
    copy_into(
        connection,
        "copy staging (series_id, ts, value) from stdin (format binary)",
        rows,
    )
    .instrument(sql("copy staging"))
    .await?;
    let done = sqlx::query("insert into sample (series_id, ts, value) select series_id, ts, value from staging on conflict do nothing")
        .execute(connection)
        .instrument(sql("insert sample"))
        .await?;
    Ok(done.rows_affected())
}

async fn copy_into(
    connection: &mut PgConnection,
    statement: &'static str,
    rows: &[Row],
) -> Result<u64, sqlx::Error> {
    let mut copy = connection.copy_in_raw(statement).await?;
    copy.send(copy::encode(rows)).await?;
    copy.finish().await
}
