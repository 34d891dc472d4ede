//! `audit_entry`: who changed what. Only triggers write it; see `migrations/0040_audit.sql`.

use chrono::{DateTime, Utc};
use contract::audit::{Actor, ActorKind, Entry};
use sqlx::PgConnection;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;

/// Newest first, those before `before`.
pub(crate) async fn list(
    connection: &mut PgConnection,
    before: i64,
    limit: i64,
) -> Result<Vec<Entry>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "select id, at, actor_kind, actor_id, actor_name, verb, entity, entity_id, entity_name, detail from audit_entry
        where tenant_id = current_tenant() and id < $1 order by id desc limit $2",
        before,
        limit
    )
    .fetch_all(connection)
    .instrument(sql("select audit_entry"))
    .await?;
    Ok(rows.into_iter().map(Entry::from).collect())
}

/// For the keeper.
pub(crate) async fn delete_before(
    connection: &mut PgConnection,
    before: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from audit_entry where at < $1", before)
        .execute(connection)
        .instrument(sql("delete audit_entry"))
        .await?;
    Ok(())
}

struct Row {
    id: i64,
    at: DateTime<Utc>,
    actor_kind: String,
    actor_id: Uuid,
    actor_name: String,
    verb: String,
    entity: String,
    entity_id: Uuid,
    entity_name: String,
    detail: Option<String>,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        let kind = match row.actor_kind.as_str() {
            "person" => ActorKind::Person,
            "token" => ActorKind::Token,
            "agent" => ActorKind::Agent,
            _ => ActorKind::Unknown,
        };
        Self {
            id: row.id,
            at: row.at,
            actor: Actor {
                kind,
                id: row.actor_id,
                name: row.actor_name,
            },
            verb: row.verb,
            entity: row.entity,
            entity_id: row.entity_id,
            entity_name: row.entity_name,
            detail: row.detail,
        }
    }
}
