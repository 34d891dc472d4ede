//! `monitor`: what is watched. What a list shows of it is in [`super::overview`].

use chrono::{DateTime, Utc};
use contract::id::{MonitorId, TenantId};
use contract::monitor::{Monitor, Spec};
use sqlx::PgConnection;
use sqlx::types::Json;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;

/// No two monitors of a group have one name.
pub(crate) const NAME_KEY: &str = "monitor_name_key";

pub(crate) async fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    spec: &Spec,
) -> Result<Monitor, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"insert into monitor (id, tenant_id, name, group_name, public, paused, spec)
        values ($1, $2, $3, $4, $5, $6, $7)
        returning id, tenant_id, revision, ping_key, scheduled_at, spec as "spec: Json<Spec>""#,
        MonitorId::generate().0,
        tenant.0,
        spec.name,
        spec.group,
        spec.public,
        spec.paused,
        Json(spec) as _
    )
    .fetch_one(connection)
    .instrument(sql("insert monitor"))
    .await
    .map(Monitor::from)
}

/// Nothing where there is none, or none of this revision.
pub(crate) async fn update(
    connection: &mut PgConnection,
    id: MonitorId,
    spec: &Spec,
    revision: Option<i64>,
) -> Result<Option<Monitor>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        r#"update monitor set revision = revision + 1, name = $2, group_name = $3, public = $4, paused = $5, spec = $6::jsonb, updated_at = now(),
            scheduled_at = case
                when paused = $5 and spec->'interval_s' = $6::jsonb->'interval_s' and spec->'kind' = $6::jsonb->'kind' then scheduled_at
                else now()
            end
        where id = $1 and ($7::bigint is null or revision = $7)
        returning id, tenant_id, revision, ping_key, scheduled_at, spec as "spec: Json<Spec>""#,
        id.0,
        spec.name,
        spec.group,
        spec.public,
        spec.paused,
        Json(spec) as _,
        revision
    )
    .fetch_optional(connection)
    .instrument(sql("update monitor"))
    .await?;
    Ok(row.map(Monitor::from))
}

/// Whether there was one.
pub(crate) async fn delete(
    connection: &mut PgConnection,
    id: MonitorId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!("delete from monitor where id = $1", id.0)
        .execute(connection)
        .instrument(sql("delete monitor"))
        .await?;
    Ok(done.rows_affected() > 0)
}

/// These monitors, or all there are, within the scope.
pub(crate) async fn list(
    connection: &mut PgConnection,
    ids: Option<&[Uuid]>,
) -> Result<Vec<Monitor>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, tenant_id, revision, ping_key, scheduled_at, spec as "spec: Json<Spec>" from monitor
        where $1::uuid[] is null or id = any ($1)"#,
        ids
    )
    .fetch_all(connection)
    .instrument(sql("select monitor"))
    .await?;
    Ok(rows.into_iter().map(Monitor::from).collect())
}

struct Row {
    id: Uuid,
    tenant_id: Uuid,
    revision: i64,
    ping_key: Uuid,
    scheduled_at: DateTime<Utc>,
    spec: Json<Spec>,
}

impl From<Row> for Monitor {
    fn from(row: Row) -> Self {
        Self {
            id: MonitorId(row.id),
            tenant: TenantId(row.tenant_id),
            revision: row.revision,
            ping_key: row.spec.is_heartbeat().then_some(row.ping_key),
            scheduled_at: row.scheduled_at,
            spec: row.spec.0,
        }
    }
}
