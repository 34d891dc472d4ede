//! `channel`: where notifications go.

use chrono::{DateTime, Utc};
use contract::channel::{Channel, Kind, Spec, Target};
use contract::id::{ChannelId, TenantId};
use sqlx::PgConnection;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;

pub(crate) async fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    channel: &Channel,
    secret: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into channel (id, tenant_id, name, kind, url, secret, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
        channel.id.0,
        tenant.0,
        channel.spec.name,
        channel.spec.kind.as_str(),
        channel.spec.url,
        secret,
        channel.created_at
    )
    .execute(connection)
    .instrument(sql("insert channel"))
    .await?;
    Ok(())
}

pub(crate) async fn list(connection: &mut PgConnection) -> Result<Vec<Channel>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "select id, name, kind, url, created_at from channel order by created_at, id"
    )
    .fetch_all(connection)
    .instrument(sql("select channel"))
    .await?;
    Ok(rows.into_iter().filter_map(Row::into_channel).collect())
}

/// Whether there was one.
pub(crate) async fn delete(
    connection: &mut PgConnection,
    id: ChannelId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!("delete from channel where id = $1", id.0)
        .execute(connection)
        .instrument(sql("delete channel"))
        .await?;
    Ok(done.rows_affected() > 0)
}

pub(crate) async fn target(
    connection: &mut PgConnection,
    id: ChannelId,
) -> Result<Option<Target>, sqlx::Error> {
    let row = sqlx::query!("select kind, url, secret from channel where id = $1", id.0)
        .fetch_optional(connection)
        .instrument(sql("select channel"))
        .await?;
    Ok(row.and_then(|row| {
        Some(Target {
            kind: kind(&row.kind)?,
            url: row.url,
            secret: row.secret,
        })
    }))
}

struct Row {
    id: Uuid,
    name: String,
    kind: String,
    url: String,
    created_at: DateTime<Utc>,
}

impl Row {
    /// `None` for a kind that only a newer version knows.
    fn into_channel(self) -> Option<Channel> {
        Some(Channel {
            id: ChannelId(self.id),
            spec: Spec {
                name: self.name,
                kind: kind(&self.kind)?,
                url: self.url,
            },
            created_at: self.created_at,
        })
    }
}

fn kind(text: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind.as_str() == text)
}
