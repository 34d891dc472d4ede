//! `telemetry_operation`: who was seen lately, and doing what.

use chrono::{DateTime, Utc};
use contract::id::TenantId;
use contract::telemetry::ServiceOperations;
use sqlx::PgConnection;
use tracing::Instrument;

use crate::database::sql;

/// Most operations of a tenant that are told apart; names beyond it can be searched for all the same.
pub(crate) const MOST: i64 = 2_000;

/// Notes what was seen.
pub(crate) async fn note(
    connection: &mut PgConnection,
    tenant: TenantId,
    seen: &[(String, String)],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let (services, operations): (Vec<String>, Vec<String>) = seen.iter().cloned().unzip();
    sqlx::query!(
        "insert into telemetry_operation (tenant_id, service, operation, seen_at)
        select tenant.id, service, operation, $4
        from tenant, unnest($2::text[], $3::text[]) as seen (service, operation)
        where tenant.id = $1 and (select count(*) from telemetry_operation where tenant_id = $1) < $5
        on conflict (tenant_id, service, operation) do update set seen_at = greatest(telemetry_operation.seen_at, excluded.seen_at)",
        tenant.0,
        &services,
        &operations,
        now,
        MOST
    )
    .execute(connection)
    .instrument(sql("insert telemetry_operation"))
    .await?;
    Ok(())
}

pub(crate) async fn list(
    connection: &mut PgConnection,
) -> Result<Vec<ServiceOperations>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select service, array_agg(operation order by operation) as "operations!" from telemetry_operation
        group by service order by service"#
    )
    .fetch_all(connection)
    .instrument(sql("select telemetry_operation"))
    .await?;
    let told = rows.into_iter().map(|row| ServiceOperations {
        service: row.service,
        operations: row.operations,
    });
    Ok(told.collect())
}

/// Whether anybody of the tenant was seen since.
pub(crate) async fn is_any_since(
    connection: &mut PgConnection,
    since: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select from telemetry_operation where seen_at >= $1) as "any!""#,
        since
    )
    .fetch_one(connection)
    .instrument(sql("select telemetry_operation"))
    .await
}

/// Forgets who was not seen since. For the keeper.
pub(crate) async fn forget_before(
    connection: &mut PgConnection,
    before: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from telemetry_operation where seen_at < $1", before)
        .execute(connection)
        .instrument(sql("delete telemetry_operation"))
        .await?;
    Ok(())
}
