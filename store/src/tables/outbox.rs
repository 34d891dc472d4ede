//! `outbox`: keys of buckets that do not equal the tables yet. Triggers fill it.

use sqlx::PgConnection;

/// What Postgres notifies on after a change was committed.
pub(crate) const CHANNEL: &str = "overseer_outbox";
/// Rows taken at once.
const PORTION: i64 = 500;

pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) bucket: String,
    pub(crate) key: String,
}

/// Waits until no other instance relays; until the end of the transaction none will.
pub(crate) async fn lock(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('overseer.outbox'))")
        .fetch_one(connection)
        .await?;
    Ok(())
}

// No spans here: these run all the time and belong to nobody's request.

pub(crate) async fn is_empty(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let first = sqlx::query_scalar!("select 1 from outbox limit 1")
        .fetch_optional(connection)
        .await?;
    Ok(first.is_none())
}

/// The oldest rows.
pub(crate) async fn portion(connection: &mut PgConnection) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        "select id, bucket, key from outbox order by id limit $1",
        PORTION
    )
    .fetch_all(connection)
    .await
}

pub(crate) async fn delete(connection: &mut PgConnection, ids: &[i64]) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from outbox where id = any ($1)", ids)
        .execute(connection)
        .await?;
    Ok(())
}
