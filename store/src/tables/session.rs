//! `session`: who is signed in.

use chrono::{DateTime, Utc};
use contract::id::UserId;
use sqlx::PgConnection;
use tracing::Instrument;

use crate::database::sql;

pub(crate) async fn insert(
    connection: &mut PgConnection,
    secret_hash: &[u8],
    user: UserId,
    expires_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into session (secret_hash, user_id, expires_at) values ($1, $2, $3)",
        secret_hash,
        user.0,
        expires_at
    )
    .execute(connection)
    .instrument(sql("insert session"))
    .await?;
    Ok(())
}

pub(crate) async fn person(
    connection: &mut PgConnection,
    secret_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<UserId>, sqlx::Error> {
    let user = sqlx::query_scalar!(
        "select user_id from session where secret_hash = $1 and expires_at > $2",
        secret_hash,
        now
    )
    .fetch_optional(connection)
    .instrument(sql("select session"))
    .await?;
    Ok(user.map(UserId))
}

pub(crate) async fn delete(
    connection: &mut PgConnection,
    secret_hash: &[u8],
) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from session where secret_hash = $1", secret_hash)
        .execute(connection)
        .instrument(sql("delete session"))
        .await?;
    Ok(())
}

pub(crate) async fn delete_expired(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from session where expires_at <= $1", now)
        .execute(connection)
        .instrument(sql("delete session"))
        .await?;
    Ok(())
}
