//! `delivery`: what became of each attempt to tell somebody.

use chrono::{DateTime, Utc};
use contract::channel::{Delivery, DeliveryOutcome};
use contract::id::{ChannelId, NotificationId, TenantId};
use contract::listing::Place;
use contract::telemetry::TraceId;
use sqlx::PgConnection;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;

/// Stores an attempt once. A channel that is gone is passed over.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    delivery: &Delivery,
    trace: Option<TraceId>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into delivery (notification_id, attempt, tenant_id, channel_id, title, at, outcome, detail, trace_id)
        select $1, $2, tenant_id, id, $5, $6, $7, $8, $9 from channel where id = $4 and tenant_id = $3
        on conflict (notification_id, attempt) do nothing",
        delivery.notification.0,
        i32::try_from(delivery.attempt).unwrap_or(i32::MAX),
        tenant.0,
        delivery.channel.0,
        delivery.title,
        delivery.at,
        delivery.outcome.as_str(),
        delivery.detail,
        trace.map(Uuid::from)
    )
    .execute(connection)
    .instrument(sql("insert delivery"))
    .await?;
    Ok(())
}

/// Newest first.
pub(crate) async fn list(
    connection: &mut PgConnection,
    channel: ChannelId,
    limit: i64,
    before: Option<Place>,
) -> Result<Vec<Delivery>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "select notification_id, attempt, channel_id, title, at, outcome, detail, trace_id from delivery
        where channel_id = $1 and ($3::timestamptz is null or (at, notification_id) < ($3, $4::uuid))
        order by at desc, notification_id desc limit $2",
        channel.0,
        limit,
        before.map(|place| place.at),
        before.map(|place| place.id)
    )
    .fetch_all(connection)
    .instrument(sql("select delivery"))
    .await?;
    Ok(rows.into_iter().map(Delivery::from).collect())
}

struct Row {
    notification_id: Uuid,
    attempt: i32,
    channel_id: Uuid,
    title: String,
    at: DateTime<Utc>,
    outcome: String,
    detail: String,
    trace_id: Option<Uuid>,
}

impl From<Row> for Delivery {
    fn from(row: Row) -> Self {
        Self {
            notification: NotificationId(row.notification_id),
            channel: ChannelId(row.channel_id),
            title: row.title,
            attempt: u32::try_from(row.attempt).unwrap_or_default(),
            at: row.at,
            outcome: [DeliveryOutcome::Delivered, DeliveryOutcome::Dead]
                .into_iter()
                .find(|outcome| outcome.as_str() == row.outcome)
                .unwrap_or(DeliveryOutcome::Failed),
            detail: row.detail,
            trace: row.trace_id.and_then(TraceId::from_uuid),
        }
    }
}
