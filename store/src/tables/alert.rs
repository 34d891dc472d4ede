//! `alert`: when rules fired.

use chrono::{DateTime, Utc};
use contract::alert::{Alert, List, Opened, Reminded, Resolved, Severity};
use contract::id::{AlertId, MonitorId, RuleId, TenantId};
use contract::metric::Labels;
use contract::telemetry::TraceId;
use sqlx::PgConnection;
use sqlx::types::Json;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;

/// Opens an alert once. A rule that was deleted meanwhile is not named.
pub(crate) async fn open(
    connection: &mut PgConnection,
    tenant: TenantId,
    event: &Opened,
    trace: Option<TraceId>,
) -> Result<(), sqlx::Error> {
    let subject = &event.subject;
    sqlx::query!(
        "insert into alert (id, tenant_id, rule_id, rule_name, severity, labels, monitor_id, value, reason, started_at, opened_at, trace_id)
        values ($1, $2, (select id from rule where id = $3), $4, $5, $6, $7, $8, $9, $10, $11, $12)
        on conflict (id) do nothing",
        subject.alert.0,
        tenant.0,
        subject.rule.0,
        subject.rule_name,
        subject.severity.as_str(),
        Json(&subject.labels) as _,
        subject.monitor.map(|monitor| monitor.0),
        event.value,
        event.reason,
        subject.started_at,
        event.at,
        trace.map(Uuid::from)
    )
    .execute(connection)
    .instrument(sql("insert alert"))
    .await?;
    Ok(())
}

pub(crate) async fn remind(
    connection: &mut PgConnection,
    event: &Reminded,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update alert set reminders = greatest(reminders, $2) where id = $1",
        event.subject.alert.0,
        i32::try_from(event.number).unwrap_or(i32::MAX)
    )
    .execute(connection)
    .instrument(sql("update alert"))
    .await?;
    Ok(())
}

/// Resolves an alert once.
pub(crate) async fn resolve(
    connection: &mut PgConnection,
    event: &Resolved,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update alert set resolved_at = $2, resolved_reason = $3 where id = $1 and resolved_at is null",
        event.subject.alert.0,
        event.resolved_at,
        event.reason
    )
    .execute(connection)
    .instrument(sql("update alert"))
    .await?;
    Ok(())
}

/// Open ones first, then the newest first.
pub(crate) async fn list(
    connection: &mut PgConnection,
    wanted: &List,
    limit: i64,
) -> Result<Vec<Alert>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, rule_id, rule_name, severity, labels as "labels: Json<Labels>", monitor_id, value, reason, started_at,
            opened_at, resolved_at, resolved_reason, reminders, trace_id
        from alert
        where ($1::uuid is null or rule_id = $1) and (not $2 or resolved_at is null)
            and ($4::boolean is null or (resolved_at is null, opened_at, id) < ($4, $5::timestamptz, $6::uuid))
        order by resolved_at is null desc, opened_at desc, id desc
        limit $3"#,
        wanted.rule.map(|rule| rule.0),
        wanted.open_only,
        limit,
        wanted.before.map(|place| place.open),
        wanted.before.map(|place| place.at),
        wanted.before.map(|place| place.id)
    )
    .fetch_all(connection)
    .instrument(sql("select alert"))
    .await?;
    Ok(rows.into_iter().map(Alert::from).collect())
}

struct Row {
    id: Uuid,
    rule_id: Option<Uuid>,
    rule_name: String,
    severity: String,
    labels: Json<Labels>,
    monitor_id: Option<Uuid>,
    value: Option<f64>,
    reason: String,
    started_at: DateTime<Utc>,
    opened_at: DateTime<Utc>,
    resolved_at: Option<DateTime<Utc>>,
    resolved_reason: Option<String>,
    reminders: i32,
    trace_id: Option<Uuid>,
}

impl From<Row> for Alert {
    fn from(row: Row) -> Self {
        let severity = Severity::ALL
            .into_iter()
            .find(|severity| severity.as_str() == row.severity);
        Self {
            id: AlertId(row.id),
            rule: row.rule_id.map(RuleId),
            rule_name: row.rule_name,
            severity: severity.unwrap_or_default(),
            labels: row.labels.0,
            monitor: row.monitor_id.map(MonitorId),
            value: row.value,
            reason: row.reason,
            started_at: row.started_at,
            opened_at: row.opened_at,
            resolved_at: row.resolved_at,
            resolved_reason: row.resolved_reason,
            reminders: u32::try_from(row.reminders).unwrap_or_default(),
            trace: row.trace_id.and_then(TraceId::from_uuid),
        }
    }
}
