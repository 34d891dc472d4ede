//! `dead_letter`: notifications that were given up.

use chrono::{DateTime, Utc};
use contract::channel::Notification;
use contract::dead_letter::DeadLetter;
use contract::id::{ChannelId, NotificationId};
use contract::listing::Place;
use sqlx::PgConnection;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;

/// Stores a dead letter; one that died again after it was replayed replaces what there was. A channel that is gone is passed over.
pub(crate) async fn upsert(
    connection: &mut PgConnection,
    notification: &Notification,
    reason: &str,
    died_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into dead_letter (notification_id, tenant_id, channel_id, notification, reason, died_at, replays)
        select $1, tenant_id, id, $4, $5, $6, $7 from channel where id = $3 and tenant_id = $2
        on conflict (notification_id) do update set reason = excluded.reason, died_at = excluded.died_at
        where excluded.died_at > dead_letter.died_at",
        notification.id.0,
        notification.tenant.0,
        notification.channel.0,
        serde_json::to_value(notification).unwrap_or_default(),
        reason,
        died_at,
        i32::try_from(notification.replays).unwrap_or(i32::MAX)
    )
    .execute(connection)
    .instrument(sql("insert dead_letter"))
    .await?;
    Ok(())
}

/// Newest first.
pub(crate) async fn list(
    connection: &mut PgConnection,
    limit: i64,
    before: Option<Place>,
) -> Result<Vec<DeadLetter>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "select notification_id, channel_id, name as channel_name, notification -> 'content' ->> 'title' as title,
            notification -> 'content' ->> 'text' as text, reason, died_at, replayed_at
        from dead_letter join channel on channel.id = channel_id
        where $2::timestamptz is null or (died_at, notification_id) < ($2, $3::uuid)
        order by died_at desc, notification_id desc limit $1",
        limit,
        before.map(|place| place.at),
        before.map(|place| place.id)
    )
    .fetch_all(connection)
    .instrument(sql("select dead_letter"))
    .await?;
    Ok(rows.into_iter().map(DeadLetter::from).collect())
}

/// Counts one more replay and returns what to queue, or `None` where there is no such dead letter.
pub(crate) async fn replay(
    connection: &mut PgConnection,
    id: NotificationId,
    now: DateTime<Utc>,
) -> Result<Option<Notification>, sqlx::Error> {
    let row = sqlx::query!(
        "update dead_letter set replays = replays + 1, replayed_at = $2 where notification_id = $1 returning notification, replays",
        id.0,
        now
    )
    .fetch_optional(connection)
    .instrument(sql("update dead_letter"))
    .await?;
    Ok(row.and_then(|row| {
        let notification: Notification = serde_json::from_value(row.notification).ok()?;
        Some(Notification {
            replays: u32::try_from(row.replays).unwrap_or_default(),
            ..notification
        })
    }))
}

struct Row {
    notification_id: Uuid,
    channel_id: Uuid,
    channel_name: String,
    title: Option<String>,
    text: Option<String>,
    reason: String,
    died_at: DateTime<Utc>,
    replayed_at: Option<DateTime<Utc>>,
}

impl From<Row> for DeadLetter {
    fn from(row: Row) -> Self {
        Self {
            id: NotificationId(row.notification_id),
            channel: ChannelId(row.channel_id),
            channel_name: row.channel_name,
            title: row.title.unwrap_or_default(),
            text: row.text.unwrap_or_default(),
            reason: row.reason,
            died_at: row.died_at,
            replayed_at: row.replayed_at,
        }
    }
}
