//! `session`: who is signed in.

use chrono::{DateTime, Utc};
use contract::account::OpenSession;
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

/// Whose session it is, and when it was last seen.
pub(crate) async fn person(
    connection: &mut PgConnection,
    secret_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<(UserId, DateTime<Utc>)>, sqlx::Error> {
    let row = sqlx::query!(
        "select user_id, last_seen_at from session where secret_hash = $1 and expires_at > $2",
        secret_hash,
        now
    )
    .fetch_optional(connection)
    .instrument(sql("select session"))
    .await?;
    Ok(row.map(|row| (UserId(row.user_id), row.last_seen_at)))
}

pub(crate) async fn see(
    connection: &mut PgConnection,
    secret_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update session set last_seen_at = $2 where secret_hash = $1",
        secret_hash,
        now
    )
    .execute(connection)
    .instrument(sql("update session"))
    .await?;
    Ok(())
}

/// The person's sessions, those seen last first. The one with the hash `current` is the one that asks.
pub(crate) async fn list(
    connection: &mut PgConnection,
    user: UserId,
    current: Option<&[u8]>,
    now: DateTime<Utc>,
) -> Result<Vec<OpenSession>, sqlx::Error> {
    sqlx::query_as!(
        OpenSession,
        r#"select created_at, last_seen_at, expires_at, coalesce(secret_hash = $2, false) as "current!" from session
        where user_id = $1 and expires_at > $3 order by last_seen_at desc limit 1000"#,
        user.0,
        current,
        now
    )
    .fetch_all(connection)
    .instrument(sql("select session"))
    .await
}

/// Ends all sessions of a person, but for the one with the hash `kept`.
pub(crate) async fn delete_others(
    connection: &mut PgConnection,
    user: UserId,
    kept: Option<&[u8]>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from session where user_id = $1 and ($2::bytea is null or secret_hash <> $2)",
        user.0,
        kept
    )
    .execute(connection)
    .instrument(sql("delete session"))
    .await?;
    Ok(())
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
