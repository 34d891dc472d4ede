//! `tenant`: the directory. Read only in the account scope, before there is a tenant to act for.

use chrono::{DateTime, TimeDelta, Utc};
use contract::account::Tenant;
use contract::id::TenantId;
use contract::plan::Plan;
use sqlx::PgConnection;
use tracing::Instrument;

use crate::database::sql;
use crate::rules::tier::Kept;

pub(crate) async fn insert(
    connection: &mut PgConnection,
    tenant: &Tenant,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into tenant (id, slug, name) values ($1, $2, $3)",
        tenant.id.0,
        tenant.slug.as_str(),
        tenant.name
    )
    .execute(connection)
    .instrument(sql("insert tenant"))
    .await?;
    Ok(())
}

/// Gives the scope's tenant another name.
pub(crate) async fn rename(connection: &mut PgConnection, name: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update tenant set name = $1 where id = current_tenant()",
        name
    )
    .execute(connection)
    .instrument(sql("update tenant"))
    .await?;
    Ok(())
}

pub(crate) async fn read(
    connection: &mut PgConnection,
    id: TenantId,
) -> Result<Option<Tenant>, sqlx::Error> {
    let row = sqlx::query!("select slug, name from tenant where id = $1", id.0)
        .fetch_optional(connection)
        .instrument(sql("select tenant"))
        .await?;
    Ok(row.and_then(|row| {
        Some(Tenant {
            id,
            slug: row.slug.parse().ok()?,
            name: row.name,
        })
    }))
}

/// Removes from the scope's tenant whoever could see it or act for it, and what others see of it or are told by it.
pub(crate) async fn vacate(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "with members as (delete from membership), invitations as (delete from invitation),
            tokens as (delete from token), agents as (delete from agent),
            pages as (delete from page), channels as (delete from channel)
        delete from rule"
    )
    .execute(connection)
    .instrument(sql("delete membership"))
    .await?;
    Ok(())
}

/// Notes that a tenant is deleted. Its name in URLs is free from now on.
pub(crate) async fn close(
    connection: &mut PgConnection,
    id: TenantId,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update tenant set slug = id::text, deleted_at = $2 where id = $1",
        id.0,
        now
    )
    .execute(connection)
    .instrument(sql("update tenant"))
    .await?;
    Ok(())
}

/// The tenants of which something may be left.
pub(crate) async fn closed(connection: &mut PgConnection) -> Result<Vec<TenantId>, sqlx::Error> {
    let ids = sqlx::query_scalar!("select id from tenant where deleted_at is not null")
        .fetch_all(connection)
        .instrument(sql("select tenant"))
        .await?;
    Ok(ids.into_iter().map(TenantId).collect())
}

/// Removes some of what the scope's tenant watches and measures, with all that was seen of it. False when nothing was left. Whoever else
/// does the same waits, and goes on after it.
pub(crate) async fn empty(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('overseer.leaving'))")
        .execute(&mut *connection)
        .instrument(sql("lock tenant"))
        .await?;
    sqlx::query_scalar!(
        r#"with monitors as (delete from monitor where id in (select id from monitor limit 50) returning id),
            metrics as (delete from series where id in (select id from series limit 2000) returning id)
        select exists (select from monitors) or exists (select from metrics) as "some!""#
    )
    .fetch_one(connection)
    .instrument(sql("delete monitor"))
    .await
}

/// Removes a tenant and what is left of it.
pub(crate) async fn delete(connection: &mut PgConnection, id: TenantId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from tenant where id = $1 and deleted_at is not null",
        id.0
    )
    .execute(connection)
    .instrument(sql("delete tenant"))
    .await?;
    Ok(())
}

/// How long the samples of the scope's tenant are kept.
pub(crate) async fn kept(connection: &mut PgConnection) -> Result<Kept, sqlx::Error> {
    let row = sqlx::query!(
        r#"select raw_hours as "raw_hours!", minute_days as "minute_days!" from tenant_plan"#
    )
    .fetch_optional(connection)
    .instrument(sql("select tenant"))
    .await?;
    // A tenant that is gone has nothing that could be kept.
    Ok(row.map_or_else(Kept::default, |row| Kept {
        raw: TimeDelta::hours(row.raw_hours.into()),
        minutes: TimeDelta::days(row.minute_days.into()),
    }))
}

/// The longest times of any plan, for what is shared by all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Longest {
    pub(crate) raw_hours: u32,
    pub(crate) minute_days: u32,
    pub(crate) hour_months: u32,
    pub(crate) telemetry_hours: u32,
}

pub(crate) async fn longest_plan(connection: &mut PgConnection) -> Result<Longest, sqlx::Error> {
    let row = sqlx::query!(
        "select max(raw_hours) as raw_hours, max(minute_days) as minute_days, max(hour_months) as hour_months,
            max(telemetry_hours) as telemetry_hours
        from tenant"
    )
    .fetch_one(connection)
    .instrument(sql("select tenant"))
    .await?;
    let default = Plan::default();
    let or = |longest: Option<i32>, default| longest.map_or(default, i32::unsigned_abs);
    Ok(Longest {
        raw_hours: or(row.raw_hours, default.raw_hours),
        minute_days: or(row.minute_days, default.minute_days),
        hour_months: or(row.hour_months, default.hour_months),
        telemetry_hours: or(row.telemetry_hours, default.telemetry_hours),
    })
}
