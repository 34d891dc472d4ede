//! All monitors of a tenant with their state, recent changes and uptime, in one statement.

use chrono::{DateTime, NaiveDate, Utc};
use contract::id::{MonitorId, TenantId};
use contract::monitor::{Monitor, Place, Spec, State, Uptime};
use sqlx::PgConnection;
use sqlx::types::Json;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;
use crate::rules::uptime::Change;

/// A monitor and what is stored of its state.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) monitor: Monitor,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    /// The present state, since when, and why; absent before the first change.
    pub(crate) state: Option<(State, DateTime<Utc>, String)>,
    /// In the order they were decided; the first one held when the window began.
    pub(crate) changes: Vec<Change>,
    /// Sum over the closed days asked for.
    pub(crate) closed: Uptime,
    pub(crate) last_closed: Option<NaiveDate>,
    pub(crate) demo: bool,
}

/// Which monitors of those within the scope.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Which<'a> {
    /// All where none are named.
    pub(crate) ids: Option<&'a [Uuid]>,
    pub(crate) public_only: bool,
    /// Only those behind this one.
    pub(crate) after: Option<&'a Place>,
    pub(crate) limit: Option<i64>,
}

/// What of them, and from when on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) which: Which<'a>,
    /// Closed days to sum up begin here.
    pub(crate) first_day: NaiveDate,
    /// Changes to tell begin here.
    pub(crate) changes_from: DateTime<Utc>,
}

/// In the order of group and name.
pub(crate) async fn list(
    connection: &mut PgConnection,
    wanted: Wanted<'_>,
) -> Result<Vec<Stored>, sqlx::Error> {
    let Which {
        ids,
        public_only,
        after,
        limit,
    } = wanted.which;
    let rows = sqlx::query_as!(
        Row,
        r#"select m.id, m.tenant_id, m.revision, m.ping_key, m.scheduled_at, m.spec as "spec: Json<Spec>", m.created_at, m.updated_at,
            s.state as "state?", s.since as "since?", s.reason as "reason?",
            coalesce(c.changes, '[]') as "changes!: Json<Vec<Change>>",
            coalesce(d.up_s, 0) as "up_s!", coalesce(d.down_s, 0) as "down_s!",
            coalesce(d.unknown_s, 0) as "unknown_s!", coalesce(d.maintenance_s, 0) as "maintenance_s!",
            d.last_day, coalesce(d.demo, false) as "demo!"
        from (
            select * from monitor
            where ($1::uuid[] is null or id = any ($1)) and (public or not $2)
                and ($5::text is null or (coalesce(group_name, ''), name, id) > ($5, $6, $7))
            order by group_name nulls first, name, id
            limit $8
        ) m
        left join monitor_status s on s.monitor_id = m.id
        left join lateral (
            select jsonb_agg(jsonb_build_object('at', at, 'to', to_state) order by sequence) as changes
            from state_change
            where monitor_id = m.id and (at >= $4 or sequence =
                (select max(sequence) from state_change where monitor_id = m.id and at < $4))
        ) c on true
        left join lateral (
            select sum(up_s) as up_s, sum(down_s) as down_s, sum(unknown_s) as unknown_s,
                sum(maintenance_s) as maintenance_s, max(day) as last_day, bool_or(demo) as demo
            from uptime_day
            where monitor_id = m.id and day >= $3
        ) d on true
        order by m.group_name nulls first, m.name, m.id"#,
        ids,
        public_only,
        wanted.first_day,
        wanted.changes_from,
        after.map(|place| place.group.as_deref().unwrap_or_default()),
        after.map(|place| place.name.as_str()),
        after.map(|place| place.id.0),
        limit
    )
    .fetch_all(connection)
    .instrument(sql("select monitor"))
    .await?;
    Ok(rows.into_iter().map(Stored::from).collect())
}

struct Row {
    id: Uuid,
    tenant_id: Uuid,
    revision: i64,
    ping_key: Uuid,
    scheduled_at: DateTime<Utc>,
    spec: Json<Spec>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    state: Option<String>,
    since: Option<DateTime<Utc>>,
    reason: Option<String>,
    changes: Json<Vec<Change>>,
    up_s: i64,
    down_s: i64,
    unknown_s: i64,
    maintenance_s: i64,
    last_day: Option<NaiveDate>,
    demo: bool,
}

impl From<Row> for Stored {
    fn from(row: Row) -> Self {
        let state = row.state.and_then(|state| state.parse().ok());
        Self {
            monitor: Monitor {
                id: MonitorId(row.id),
                tenant: TenantId(row.tenant_id),
                revision: row.revision,
                ping_key: row.spec.is_heartbeat().then_some(row.ping_key),
                scheduled_at: row.scheduled_at,
                spec: row.spec.0,
            },
            created_at: row.created_at,
            updated_at: row.updated_at,
            state: state
                .zip(row.since)
                .zip(row.reason)
                .map(|((state, since), reason)| (state, since, reason)),
            changes: row.changes.0,
            closed: Uptime {
                up_s: row.up_s,
                down_s: row.down_s,
                unknown_s: row.unknown_s,
                maintenance_s: row.maintenance_s,
            },
            last_closed: row.last_day,
            demo: row.demo,
        }
    }
}
