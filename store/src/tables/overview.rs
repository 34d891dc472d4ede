//! All monitors of a tenant with their state, recent changes and closed days, in one statement.

use chrono::{DateTime, Utc};
use contract::id::{MonitorId, TenantId};
use contract::monitor::{Day, Monitor, Place, Spec, Status};
use sqlx::PgConnection;
use sqlx::types::Json;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;
use crate::rules::strip;
use crate::rules::uptime::Change;

/// A monitor and what is stored of its state.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) monitor: Monitor,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    /// The last change; absent before the first one.
    pub(crate) status: Option<Status>,
    /// In the order they were decided; the first one held when the window began.
    pub(crate) changes: Vec<Change>,
    /// The last ninety closed days, oldest first.
    pub(crate) closed: Vec<Day>,
    /// Some of those days were generated.
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

/// In the order of group and name, each with its changes since `changes_from`.
pub(crate) async fn list(
    connection: &mut PgConnection,
    which: Which<'_>,
    changes_from: DateTime<Utc>,
) -> Result<Vec<Stored>, sqlx::Error> {
    let Which {
        ids,
        public_only,
        after,
        limit,
    } = which;
    let rows = sqlx::query_as!(
        Row,
        r#"select m.id, m.tenant_id, m.revision, m.ping_key, m.scheduled_at, m.spec as "spec: Json<Spec>", m.created_at, m.updated_at,
            s.state as "state?", s.since as "since?", s.reason as "reason?", s.detail,
            c.at as "at!", c.states as "states!", u.days as "days?", coalesce(u.demo, false) as "demo!"
        from (
            select * from monitor
            where ($1::uuid[] is null or id = any ($1)) and (public or not $2)
                and ($4::text is null or (coalesce(group_name, ''), name, id) > ($4, $5, $6))
            order by group_name nulls first, name, id
            limit $7
        ) m
        left join monitor_status s on s.monitor_id = m.id
        left join uptime_strip u on u.monitor_id = m.id
        cross join lateral (
            select coalesce(array_agg(at order by sequence), '{}') as at, coalesce(array_agg(to_state order by sequence), '{}') as states
            from (
                select sequence, at, to_state from state_change where monitor_id = m.id and at >= $3
                union all
                (select sequence, at, to_state from state_change where monitor_id = m.id and at < $3 order by sequence desc limit 1)
            ) lately
        ) c
        order by m.group_name nulls first, m.name, m.id"#,
        ids,
        public_only,
        changes_from,
        after.map(|place| place.group.as_deref().unwrap_or_default()),
        after.map(|place| place.name.as_str()),
        after.map(|place| place.id.0),
        limit
    )
    .fetch_all(connection)
    .instrument(sql("select monitor"))
    .await?;
    rows.into_iter().map(Stored::try_from).collect()
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
    detail: Option<String>,
    at: Vec<DateTime<Utc>>,
    states: Vec<String>,
    days: Option<Vec<u8>>,
    demo: bool,
}

impl TryFrom<Row> for Stored {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let state = row.state.and_then(|state| state.parse().ok());
        let status = state.zip(row.since).zip(row.reason);
        let changes = row.at.into_iter().zip(&row.states);
        let changes = changes.filter_map(|(at, to)| {
            let to = to.parse().ok()?;
            Some(Change { at, to })
        });
        Ok(Self {
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
            status: status.map(|((state, since), reason)| Status {
                detail: row.detail,
                ..Status::plain(state, since, reason)
            }),
            changes: changes.collect(),
            closed: strip::decode(&row.days.unwrap_or_default())?,
            demo: row.demo,
        })
    }
}
