//! `uptime_day`: closed UTC days, frozen.

use chrono::{DateTime, NaiveDate, Utc};
use contract::id::{MonitorId, TenantId};
use contract::monitor::{Day, Uptime};
use sqlx::PgConnection;
use sqlx::types::Json;
use tracing::Instrument;

use crate::database::sql;
use crate::rules::uptime::Change;

/// Freezes days; one that is frozen already stays as it is.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    monitor: MonitorId,
    days: &[Day],
    demo: bool,
) -> Result<(), sqlx::Error> {
    let column = |pick: fn(&Uptime) -> i64| -> Vec<i32> {
        days.iter()
            .map(|day| i32::try_from(pick(&day.uptime)).unwrap_or(i32::MAX))
            .collect()
    };
    let dates: Vec<NaiveDate> = days.iter().map(|day| day.date).collect();
    sqlx::query!(
        "insert into uptime_day (monitor_id, tenant_id, day, up_s, down_s, unknown_s, maintenance_s, demo)
        select $1, $2, day, up_s, down_s, unknown_s, maintenance_s, $8
        from unnest($3::date[], $4::int[], $5::int[], $6::int[], $7::int[])
            as frozen (day, up_s, down_s, unknown_s, maintenance_s)
        on conflict (monitor_id, day) do nothing",
        monitor.0,
        tenant.0,
        &dates,
        &column(|uptime| uptime.up_s),
        &column(|uptime| uptime.down_s),
        &column(|uptime| uptime.unknown_s),
        &column(|uptime| uptime.maintenance_s),
        demo
    )
    .execute(connection)
    .instrument(sql("insert uptime_day"))
    .await?;
    Ok(())
}

/// Tenants of which some monitor has no row for `day` though it existed. For the closing of days.
pub(crate) async fn tenants_without(
    connection: &mut PgConnection,
    day: NaiveDate,
    end_of_day: DateTime<Utc>,
) -> Result<Vec<TenantId>, sqlx::Error> {
    let tenants = sqlx::query_scalar!(
        "select distinct tenant_id from monitor
        where created_at < $2
            and not exists (select from uptime_day where monitor_id = monitor.id and day = $1)",
        day,
        end_of_day
    )
    .fetch_all(connection)
    .instrument(sql("select uptime_day"))
    .await?;
    Ok(tenants.into_iter().map(TenantId).collect())
}

/// A monitor with days to close, and all its changes in the order they were decided.
pub(crate) struct Open {
    pub(crate) monitor: MonitorId,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) last_closed: Option<NaiveDate>,
    pub(crate) changes: Vec<Change>,
}

/// The monitors of the scope's tenant that have no row for `day` though they existed.
pub(crate) async fn open(
    connection: &mut PgConnection,
    day: NaiveDate,
    end_of_day: DateTime<Utc>,
) -> Result<Vec<Open>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select m.id, m.created_at, (select max(day) from uptime_day where monitor_id = m.id and day < $1) as last_closed,
            coalesce((select jsonb_agg(jsonb_build_object('at', at, 'to', to_state) order by sequence)
                from state_change where monitor_id = m.id), '[]') as "changes!: Json<Vec<Change>>"
        from monitor m
        where m.created_at < $2 and not exists (select from uptime_day where monitor_id = m.id and day = $1)"#,
        day,
        end_of_day
    )
    .fetch_all(connection)
    .instrument(sql("select monitor"))
    .await?;
    let open = rows.into_iter().map(|row| Open {
        monitor: MonitorId(row.id),
        created_at: row.created_at,
        last_closed: row.last_closed,
        changes: row.changes.0,
    });
    Ok(open.collect())
}

/// Sums over the closed days since each of `firsts`, in their order.
pub(crate) async fn sums(
    connection: &mut PgConnection,
    monitor: MonitorId,
    firsts: &[NaiveDate],
) -> Result<Vec<Uptime>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select coalesce(sum(up_s), 0) as "up_s!", coalesce(sum(down_s), 0) as "down_s!",
            coalesce(sum(unknown_s), 0) as "unknown_s!", coalesce(sum(maintenance_s), 0) as "maintenance_s!"
        from unnest($2::date[]) with ordinality as wanted (first, position)
        left join uptime_day on monitor_id = $1 and day >= first
        group by position order by position"#,
        monitor.0,
        firsts
    )
    .fetch_all(connection)
    .instrument(sql("select uptime_day"))
    .await?;
    let sums = rows.into_iter().map(|row| Uptime {
        up_s: row.up_s,
        down_s: row.down_s,
        unknown_s: row.unknown_s,
        maintenance_s: row.maintenance_s,
    });
    Ok(sums.collect())
}
