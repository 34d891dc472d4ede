//! `channel`: where notifications go.

use chrono::{DateTime, Utc};
use contract::channel::{Channel, Kind, Secret, Settings, Spec, Target};
use contract::id::{ChannelId, TenantId};
use contract::listing::Place;
use serde_json::Value;
use sqlx::PgConnection;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;

pub(crate) async fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    channel: &Channel,
    secret: &Secret,
) -> Result<(), sqlx::Error> {
    let (url, settings) = columns(&channel.spec);
    sqlx::query!(
        "insert into channel (id, tenant_id, name, kind, url, settings, muted, secret, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        channel.id.0,
        tenant.0,
        channel.spec.name,
        channel.spec.kind().as_str(),
        url,
        settings,
        channel.spec.muted,
        secret.expose(),
        channel.created_at
    )
    .execute(connection)
    .instrument(sql("insert channel"))
    .await?;
    Ok(())
}

/// All but the kind; `None` leaves the secret as it is.
pub(crate) async fn update(
    connection: &mut PgConnection,
    id: ChannelId,
    spec: &Spec,
    secret: Option<&Secret>,
) -> Result<(), sqlx::Error> {
    let (url, settings) = columns(spec);
    sqlx::query!(
        "update channel set name = $2, url = $3, settings = $4, muted = $5, secret = coalesce($6, secret) where id = $1",
        id.0,
        spec.name,
        url,
        settings,
        spec.muted,
        secret.map(Secret::expose)
    )
    .execute(connection)
    .instrument(sql("update channel"))
    .await?;
    Ok(())
}

/// In the order in which they were created; all of them, or so many behind a place.
pub(crate) async fn list(
    connection: &mut PgConnection,
    after: Option<Place>,
    limit: Option<i64>,
) -> Result<Vec<Channel>, sqlx::Error> {
    // Those of kinds that only a newer version knows must not shorten a piece.
    let kinds = Kind::ALL.map(|kind| kind.as_str().to_owned());
    let rows = sqlx::query_as!(
        Row,
        "select id, name, kind, url, settings, muted, secret, created_at from channel
        where kind = any ($1) and ($2::timestamptz is null or (created_at, id) > ($2, $3))
        order by created_at, id limit $4",
        &kinds,
        after.map(|place| place.at),
        after.map(|place| place.id),
        limit
    )
    .fetch_all(connection)
    .instrument(sql("select channel"))
    .await?;
    let read = rows.into_iter().filter_map(Row::read);
    Ok(read.map(|(channel, _)| channel).collect())
}

/// A channel and its secret.
pub(crate) async fn find(
    connection: &mut PgConnection,
    id: ChannelId,
) -> Result<Option<(Channel, Secret)>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "select id, name, kind, url, settings, muted, secret, created_at from channel where id = $1",
        id.0
    )
    .fetch_optional(connection)
    .instrument(sql("select channel"))
    .await?;
    Ok(row.and_then(Row::read))
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

pub(crate) fn target((channel, secret): (Channel, Secret)) -> Target {
    Target {
        spec: channel.spec,
        secret,
    }
}

struct Row {
    id: Uuid,
    name: String,
    kind: String,
    url: String,
    settings: Value,
    muted: bool,
    secret: String,
    created_at: DateTime<Utc>,
}

impl Row {
    /// `None` for a kind that only a newer version knows.
    fn read(self) -> Option<(Channel, Secret)> {
        Kind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == self.kind)?;
        let mut settings = self.settings;
        let fields = settings.as_object_mut()?;
        fields.insert("kind".to_owned(), Value::String(self.kind));
        // Rows of the version before have nothing but this.
        fields
            .entry("url")
            .or_insert_with(|| Value::String(self.url));
        let channel = Channel {
            id: ChannelId(self.id),
            spec: Spec {
                name: self.name,
                settings: serde_json::from_value(settings).ok()?,
                muted: self.muted,
            },
            has_secret: !self.secret.is_empty(),
            created_at: self.created_at,
        };
        Some((channel, Secret::new(self.secret)))
    }
}

/// `url` and `settings` as stored.
fn columns(spec: &Spec) -> (&str, Value) {
    let url = match &spec.settings {
        Settings::Webhook(webhook) => webhook.url.as_str(),
        _ => "",
    };
    let mut settings = serde_json::to_value(&spec.settings).unwrap_or_default();
    if let Some(fields) = settings.as_object_mut() {
        fields.remove("kind");
    }
    (url, settings)
}
