//! `login_throttle`: who failed to sign in.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use tracing::Instrument;

use crate::database::sql;
use crate::rules::throttle::Failures;

/// The failures of an e-mail address; locks its row.
pub(crate) async fn failures(
    connection: &mut PgConnection,
    email: &str,
) -> Result<Option<Failures>, sqlx::Error> {
    let row = sqlx::query!(
        "select failures, last_failed_at from login_throttle where email = $1 for update",
        email
    )
    .fetch_optional(connection)
    .instrument(sql("select login_throttle"))
    .await?;
    Ok(row.map(|row| Failures {
        count: row.failures,
        last_at: row.last_failed_at,
    }))
}

/// Counts a try as a failure. It is forgotten when it turns out to be none.
pub(crate) async fn count(
    connection: &mut PgConnection,
    email: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into login_throttle (email, failures, last_failed_at) values ($1, 1, $2)
        on conflict (email) do update
            set failures = least(login_throttle.failures, 1000) + 1, last_failed_at = excluded.last_failed_at",
        email,
        now
    )
    .execute(connection)
    .instrument(sql("insert login_throttle"))
    .await?;
    Ok(())
}

pub(crate) async fn forget(connection: &mut PgConnection, email: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from login_throttle where email = $1", email)
        .execute(connection)
        .instrument(sql("delete login_throttle"))
        .await?;
    Ok(())
}

pub(crate) async fn forget_before(
    connection: &mut PgConnection,
    before: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from login_throttle where last_failed_at < $1",
        before
    )
    .execute(connection)
    .instrument(sql("delete login_throttle"))
    .await?;
    Ok(())
}
