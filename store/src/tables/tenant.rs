//! `tenant`: the directory. Read only in the account scope, before there is a tenant to act for.

use chrono::TimeDelta;
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
