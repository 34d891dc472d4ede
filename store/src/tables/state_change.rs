//! `state_change` and `monitor_status`: what state a monitor was in when, and is in now.

use chrono::{DateTime, Utc};
use contract::event::StateChanged;
use contract::id::{MonitorId, TenantId};
use contract::monitor::{State, Status};
use sqlx::PgConnection;
use tracing::Instrument;

use crate::database::sql;

/// Stores a change once; the newest one is the monitor's status. A monitor that is gone is passed over.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    event: &StateChanged,
) -> Result<(), sqlx::Error> {
    let sequence = i64::try_from(event.sequence).unwrap_or(i64::MAX);
    sqlx::query!(
        "with change as (
            insert into state_change (monitor_id, sequence, tenant_id, from_state, to_state, at, reason, detail)
            select id, $2, tenant_id, $3, $4, $5, $6, $8 from monitor where id = $1 and tenant_id = $7
            on conflict (monitor_id, sequence) do nothing
        )
        insert into monitor_status (monitor_id, tenant_id, sequence, state, since, reason, detail)
        select id, tenant_id, $2, $4, $5, $6, $8 from monitor where id = $1 and tenant_id = $7
        on conflict (monitor_id) do update
            set sequence = excluded.sequence, state = excluded.state, since = excluded.since, reason = excluded.reason,
                detail = excluded.detail
            where monitor_status.sequence < excluded.sequence",
        event.monitor.0,
        sequence,
        event.from.as_str(),
        event.to.as_str(),
        event.at,
        event.reason,
        tenant.0,
        event.detail
    )
    .execute(connection)
    .instrument(sql("insert state_change"))
    .await?;
    Ok(())
}

/// Stores generated history.
pub(crate) async fn insert_demo(
    connection: &mut PgConnection,
    tenant: TenantId,
    monitor: MonitorId,
    changes: &[(i64, State, State, DateTime<Utc>, String)],
) -> Result<(), sqlx::Error> {
    let sequences: Vec<i64> = changes.iter().map(|change| change.0).collect();
    let from: Vec<String> = changes
        .iter()
        .map(|change| change.1.as_str().to_owned())
        .collect();
    let to: Vec<String> = changes
        .iter()
        .map(|change| change.2.as_str().to_owned())
        .collect();
    let at: Vec<DateTime<Utc>> = changes.iter().map(|change| change.3).collect();
    let reasons: Vec<String> = changes.iter().map(|change| change.4.clone()).collect();
    sqlx::query!(
        "insert into state_change (monitor_id, tenant_id, sequence, from_state, to_state, at, reason, demo)
        select $1, $2, sequence, from_state, to_state, at, reason, true
        from unnest($3::bigint[], $4::text[], $5::text[], $6::timestamptz[], $7::text[])
            as change (sequence, from_state, to_state, at, reason)
        on conflict (monitor_id, sequence) do nothing",
        monitor.0,
        tenant.0,
        &sequences,
        &from,
        &to,
        &at,
        &reasons
    )
    .execute(connection)
    .instrument(sql("insert state_change"))
    .await?;
    Ok(())
}

/// The states a monitor went to before an instant, newest first.
pub(crate) async fn before(
    connection: &mut PgConnection,
    monitor: MonitorId,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Status>, sqlx::Error> {
    let rows = sqlx::query!(
        "select at, to_state, reason, detail from state_change where monitor_id = $1 and at < $2
        order by at desc, sequence desc limit $3",
        monitor.0,
        before,
        limit
    )
    .fetch_all(connection)
    .instrument(sql("select state_change"))
    .await?;
    let known = rows.into_iter().filter_map(|row| {
        let state = row.to_state.parse().ok()?;
        Some(Status {
            detail: row.detail,
            ..Status::plain(state, row.at, row.reason)
        })
    });
    Ok(known.collect())
}
