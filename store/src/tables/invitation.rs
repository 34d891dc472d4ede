//! `invitation`: links that make who follows them a member.

use chrono::{DateTime, Utc};
use contract::id::{InvitationId, TenantId};
use contract::invitation::Invitation;
use contract::listing::Place;
use contract::rpc::Role;
use sqlx::PgConnection;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;

pub(crate) async fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    invitation: &Invitation,
    secret_hash: &[u8],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into invitation (id, tenant_id, email, role, secret_hash, invited_by, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)",
        invitation.id.0,
        tenant.0,
        invitation.email,
        invitation.role.as_str(),
        secret_hash,
        invitation.invited_by,
        invitation.created_at,
        invitation.expires_at
    )
    .execute(connection)
    .instrument(sql("insert invitation"))
    .await?;
    Ok(())
}

/// Those that nobody accepted, newest first; all of them, or so many behind a place.
pub(crate) async fn list(
    connection: &mut PgConnection,
    after: Option<Place>,
    limit: Option<i64>,
) -> Result<Vec<Invitation>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "select id, email, role, invited_by, created_at, expires_at from invitation
        where accepted_at is null and ($1::timestamptz is null or (created_at, id) < ($1, $2))
        order by created_at desc, id desc limit $3",
        after.map(|place| place.at),
        after.map(|place| place.id),
        limit
    )
    .fetch_all(connection)
    .instrument(sql("select invitation"))
    .await?;
    Ok(rows.into_iter().filter_map(Row::into_invitation).collect())
}

/// How many could be accepted now.
pub(crate) async fn count_open(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from invitation where accepted_at is null and expires_at > $1"#,
        now
    )
    .fetch_one(connection)
    .instrument(sql("select invitation"))
    .await
}

/// An invitation that can be accepted, and the hash of its secret. Locks the row: who accepts it at the same time waits.
pub(crate) async fn open(
    connection: &mut PgConnection,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<Option<(Invitation, Vec<u8>)>, sqlx::Error> {
    let row = sqlx::query!(
        "select id, email, role, invited_by, created_at, expires_at, secret_hash from invitation
        where id = $1 and accepted_at is null and expires_at > $2 for update",
        id.0,
        now
    )
    .fetch_optional(connection)
    .instrument(sql("select invitation"))
    .await?;
    Ok(row.and_then(|row| {
        let hash = row.secret_hash;
        let row = Row {
            id: row.id,
            email: row.email,
            role: row.role,
            invited_by: row.invited_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
        };
        Some((row.into_invitation()?, hash))
    }))
}

/// Uses an invitation up.
pub(crate) async fn accept(
    connection: &mut PgConnection,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update invitation set accepted_at = $2 where id = $1",
        id.0,
        now
    )
    .execute(connection)
    .instrument(sql("update invitation"))
    .await?;
    Ok(())
}

/// Whether there was one that nobody accepted.
pub(crate) async fn delete(
    connection: &mut PgConnection,
    id: InvitationId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "delete from invitation where id = $1 and accepted_at is null",
        id.0
    )
    .execute(connection)
    .instrument(sql("delete invitation"))
    .await?;
    Ok(done.rows_affected() > 0)
}

/// For the keeper.
pub(crate) async fn delete_expired(
    connection: &mut PgConnection,
    before: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from invitation where expires_at < $1", before)
        .execute(connection)
        .instrument(sql("delete invitation"))
        .await?;
    Ok(())
}

struct Row {
    id: Uuid,
    email: Option<String>,
    role: String,
    invited_by: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl Row {
    fn into_invitation(self) -> Option<Invitation> {
        Some(Invitation {
            id: InvitationId(self.id),
            email: self.email,
            role: Role::parse(&self.role)?,
            invited_by: self.invited_by,
            created_at: self.created_at,
            expires_at: self.expires_at,
        })
    }
}
