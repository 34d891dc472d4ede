//! `incident` and `incident_update`: what was wrong, and what was said about it.

use chrono::{DateTime, Utc};
use contract::event::{IncidentOpened, IncidentResolved};
use contract::id::{IncidentId, MonitorId, TenantId};
use contract::incident::{Incident, Note, Spec, Status, Update};
use contract::listing::Place;
use contract::monitor::Interval;
use contract::telemetry::TraceId;
use sqlx::PgConnection;
use sqlx::types::Json;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;

/// Opens an incident once. A monitor that is gone is passed over.
///
/// What its updates say is for everybody; what was found in detail is beside it, for members.
pub(crate) async fn open(
    connection: &mut PgConnection,
    tenant: TenantId,
    event: &IncidentOpened,
    trace: Option<TraceId>,
) -> Result<(), sqlx::Error> {
    let title = format!("{} is down", event.monitor_name);
    let body = format!("{} is down: {}.", event.monitor_name, event.reason);
    sqlx::query!(
        "with opened as (
            insert into incident (id, tenant_id, monitor_id, title, status, started_at)
            select $1, tenant_id, id, $4, 'investigating', $5 from monitor where id = $3 and tenant_id = $2
            on conflict (id) do nothing
            returning id, tenant_id
        )
        insert into incident_update (id, incident_id, tenant_id, status, body, at, trace_id, detail)
        select $6, id, tenant_id, 'investigating', $7, $8, $9, $10 from opened",
        event.incident.0,
        tenant.0,
        event.monitor.0,
        title,
        event.started_at,
        update_id(event.incident, "opened"),
        body,
        event.at,
        trace.map(Uuid::from),
        event.detail
    )
    .execute(connection)
    .instrument(sql("insert incident"))
    .await?;
    Ok(())
}

/// Resolves an incident once. One that was never opened here, or that a person resolved, is passed over.
pub(crate) async fn resolve(
    connection: &mut PgConnection,
    event: &IncidentResolved,
    trace: Option<TraceId>,
) -> Result<(), sqlx::Error> {
    let body = format!("{} is up again: {}.", event.monitor_name, event.reason);
    sqlx::query!(
        "with resolved as (
            update incident set status = 'resolved', resolved_at = $2
            where id = $1 and resolved_at is null
            returning id, tenant_id
        )
        insert into incident_update (id, incident_id, tenant_id, status, body, at, trace_id)
        select $3, id, tenant_id, 'resolved', $4, $2, $5 from resolved",
        event.incident.0,
        event.resolved_at,
        update_id(event.incident, "resolved"),
        body,
        trace.map(Uuid::from)
    )
    .execute(connection)
    .instrument(sql("update incident"))
    .await?;
    Ok(())
}

/// Stores what a person told, with its first update.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: IncidentId,
    spec: &Spec,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "with told as (
            insert into incident (id, tenant_id, monitor_id, title, status, started_at, resolved_at)
            values ($1, $2, $3, $4, $5, $6, $7)
            returning id, tenant_id
        )
        insert into incident_update (id, incident_id, tenant_id, status, body, at)
        select $8, id, tenant_id, $5, $9, $10 from told",
        id.0,
        tenant.0,
        spec.monitor.map(|monitor| monitor.0),
        spec.title,
        spec.status.as_str(),
        spec.started_at.unwrap_or(now),
        spec.status.is_over().then_some(now),
        Uuid::now_v7(),
        spec.body,
        now
    )
    .execute(connection)
    .instrument(sql("insert incident"))
    .await?;
    Ok(())
}

/// Adds an update; one that says so ends the incident, any other opens it again. None is added where there is no incident.
pub(crate) async fn add_update(
    connection: &mut PgConnection,
    id: IncidentId,
    note: &Note,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "with updated as (
            update incident set status = $2, resolved_at = case when $3 then coalesce(resolved_at, $4) end where id = $1
            returning id, tenant_id
        )
        insert into incident_update (id, incident_id, tenant_id, status, body, at)
        select $5, id, tenant_id, $2, $6, $4 from updated",
        id.0,
        note.status.as_str(),
        note.status.is_over(),
        now,
        Uuid::now_v7(),
        note.body
    )
    .execute(connection)
    .instrument(sql("update incident"))
    .await?;
    Ok(())
}

/// Whether there was one.
pub(crate) async fn delete(
    connection: &mut PgConnection,
    id: IncidentId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!("delete from incident where id = $1", id.0)
        .execute(connection)
        .instrument(sql("delete incident"))
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Which incidents to tell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Just this one.
    pub(crate) only: Option<IncidentId>,
    pub(crate) limit: i64,
    /// Only those of these monitors, and people's own that name none.
    pub(crate) monitors: Option<&'a [Uuid]>,
    /// Resolved ones that began earlier are left out.
    pub(crate) since: DateTime<Utc>,
    /// Only those that began earlier, or at the same time and stand behind this one; then open ones do not come first.
    pub(crate) started_before: Option<(DateTime<Utc>, Uuid)>,
    /// Only those behind this place.
    pub(crate) before: Option<Place>,
}

/// Open ones first, then the newest first.
pub(crate) async fn list(
    connection: &mut PgConnection,
    wanted: Wanted<'_>,
) -> Result<Vec<Incident>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select i.id, i.monitor_id, i.title, i.status, i.started_at, i.resolved_at, i.demo,
            coalesce((
                select jsonb_agg(jsonb_build_object('status', u.status, 'body', u.body, 'at', u.at,
                    'detail', u.detail, 'trace', replace(u.trace_id::text, '-', '')) order by u.at desc, u.id)
                from incident_update u where u.incident_id = i.id
            ), '[]') as "updates!: Json<Vec<Update>>"
        from incident i
        where ($4::uuid is null or i.id = $4) and ($2::uuid[] is null or i.monitor_id is null or i.monitor_id = any ($2))
            and (i.resolved_at is null or i.started_at >= $3)
            and ($5::boolean is null or (i.resolved_at is null, i.started_at, i.id) < ($5, $6::timestamptz, $7::uuid))
            and ($8::timestamptz is null or (i.started_at, i.id) < ($8, $9::uuid))
        order by ($8::timestamptz is null and i.resolved_at is null) desc, i.started_at desc, i.id desc
        limit $1"#,
        wanted.limit,
        wanted.monitors,
        wanted.since,
        wanted.only.map(|id| id.0),
        wanted.before.map(|place| place.open),
        wanted.before.map(|place| place.at),
        wanted.before.map(|place| place.id),
        wanted.started_before.map(|(at, _)| at),
        wanted.started_before.map(|(_, id)| id)
    )
    .fetch_all(connection)
    .instrument(sql("select incident"))
    .await?;
    Ok(rows.into_iter().map(Incident::from).collect())
}

/// When a monitor's incidents were that were not over at `since`, the newest first.
pub(crate) async fn intervals(
    connection: &mut PgConnection,
    monitor: MonitorId,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Interval>, sqlx::Error> {
    sqlx::query_as!(
        Interval,
        "select started_at, resolved_at from incident
        where monitor_id = $1 and (resolved_at is null or resolved_at > $2)
        order by started_at desc, id limit $3",
        monitor.0,
        since,
        limit
    )
    .fetch_all(connection)
    .instrument(sql("select incident"))
    .await
}

/// Stores generated history.
pub(crate) async fn insert_demo(
    connection: &mut PgConnection,
    tenant: TenantId,
    incident: &Incident,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into incident (id, tenant_id, monitor_id, title, status, started_at, resolved_at, demo)
        values ($1, $2, $3, $4, $5, $6, $7, true) on conflict (id) do nothing",
        incident.id.0,
        tenant.0,
        incident.monitor.map(|monitor| monitor.0),
        incident.title,
        incident.status.as_str(),
        incident.started_at,
        incident.resolved_at
    )
    .execute(&mut *connection)
    .instrument(sql("insert incident"))
    .await?;
    for update in &incident.updates {
        sqlx::query!(
            "insert into incident_update (id, incident_id, tenant_id, status, body, at)
            values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing",
            update_id(incident.id, update.status.as_str()),
            incident.id.0,
            tenant.0,
            update.status.as_str(),
            update.body,
            update.at
        )
        .execute(&mut *connection)
        .instrument(sql("insert incident_update"))
        .await?;
    }
    Ok(())
}

/// The same update of the same incident always has the same id.
fn update_id(incident: IncidentId, what: &str) -> Uuid {
    Uuid::new_v5(&incident.0, what.as_bytes())
}

struct Row {
    id: Uuid,
    monitor_id: Option<Uuid>,
    title: String,
    status: String,
    started_at: DateTime<Utc>,
    resolved_at: Option<DateTime<Utc>>,
    demo: bool,
    updates: Json<Vec<Update>>,
}

impl From<Row> for Incident {
    fn from(row: Row) -> Self {
        Self {
            id: IncidentId(row.id),
            monitor: row.monitor_id.map(MonitorId),
            title: row.title,
            status: status(&row.status),
            started_at: row.started_at,
            resolved_at: row.resolved_at,
            updates: row.updates.0,
            demo: row.demo,
        }
    }
}

/// The column has a check, so every text is one of these.
fn status(text: &str) -> Status {
    [
        Status::Identified,
        Status::Monitoring,
        Status::Resolved,
        Status::Postmortem,
    ]
    .into_iter()
    .find(|status| status.as_str() == text)
    .unwrap_or(Status::Investigating)
}
