//! `page_throttle`: wrong passwords for pages.

use chrono::{DateTime, Utc};
use contract::id::{PageId, TenantId};
use sqlx::PgConnection;
use tracing::Instrument;

use crate::database::sql;
use crate::rules::throttle::Failures;

/// The failures at a page; locks their row.
pub(crate) async fn failures(
    connection: &mut PgConnection,
    page: PageId,
) -> Result<Option<Failures>, sqlx::Error> {
    let row = sqlx::query!(
        "select failures, last_failed_at from page_throttle where page_id = $1 for update",
        page.0
    )
    .fetch_optional(connection)
    .instrument(sql("select page_throttle"))
    .await?;
    Ok(row.map(|row| Failures {
        count: row.failures,
        last_at: row.last_failed_at,
    }))
}

/// Counts a try as a failure. It is forgotten when it turns out to be none.
pub(crate) async fn count(
    connection: &mut PgConnection,
    tenant: TenantId,
    page: PageId,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into page_throttle (page_id, tenant_id, failures, last_failed_at) values ($1, $2, 1, $3)
        on conflict (page_id) do update
            set failures = least(page_throttle.failures, 1000) + 1, last_failed_at = excluded.last_failed_at",
        page.0,
        tenant.0,
        now
    )
    .execute(connection)
    .instrument(sql("insert page_throttle"))
    .await?;
    Ok(())
}

pub(crate) async fn forget(connection: &mut PgConnection, page: PageId) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from page_throttle where page_id = $1", page.0)
        .execute(connection)
        .instrument(sql("delete page_throttle"))
        .await?;
    Ok(())
}
