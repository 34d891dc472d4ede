//! `agent`: hosts that were invited, and those whose agent was let in.

use chrono::{DateTime, Utc};
use contract::agent::{ALIVE, Agent, Form, Standing};
use contract::id::{AgentId, TenantId, TokenId};
use sqlx::PgConnection;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;
use crate::rules::throttle::Failures;

/// An invitation whose code was not used yet.
pub(crate) struct Invited {
    pub(crate) name: String,
    pub(crate) code_hash: Vec<u8>,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) failures: Failures,
}

pub(crate) async fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: AgentId,
    name: &str,
    code_hash: &[u8],
    (created_at, expires_at): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into agent (id, tenant_id, name, code_hash, code_expires_at, created_at)
        values ($1, $2, $3, $4, $5, $6)",
        id.0,
        tenant.0,
        name,
        code_hash,
        expires_at,
        created_at
    )
    .execute(connection)
    .instrument(sql("insert agent"))
    .await?;
    Ok(())
}

/// Locks the row: whoever uses the same code at the same time waits, and then finds it used.
pub(crate) async fn invited(
    connection: &mut PgConnection,
    id: AgentId,
) -> Result<Option<Invited>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select name, code_hash as "code_hash!", code_expires_at, failures, last_failed_at
        from agent where id = $1 and code_hash is not null for update"#,
        id.0
    )
    .fetch_optional(connection)
    .instrument(sql("select agent"))
    .await?;
    Ok(row.map(|row| Invited {
        name: row.name,
        code_hash: row.code_hash,
        expires_at: row.code_expires_at,
        failures: Failures {
            count: row.failures,
            last_at: row.last_failed_at,
        },
    }))
}

/// Counts a wrong code.
pub(crate) async fn count_failure(
    connection: &mut PgConnection,
    id: AgentId,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update agent set failures = least(failures, 1000) + 1, last_failed_at = $2 where id = $1",
        id.0,
        now
    )
    .execute(connection)
    .instrument(sql("update agent"))
    .await?;
    Ok(())
}

/// Lets an agent in; its code is used up.
pub(crate) async fn admit(
    connection: &mut PgConnection,
    id: AgentId,
    token: TokenId,
    form: &Form,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update agent set code_hash = null, token_id = $2, hostname = $3, os = $4, version = $5, registered_at = $6
        where id = $1",
        id.0,
        token.0,
        form.hostname,
        form.os,
        form.version,
        now
    )
    .execute(connection)
    .instrument(sql("update agent"))
    .await?;
    Ok(())
}

/// In the order of their names; all of them, or so many behind a name.
pub(crate) async fn list(
    connection: &mut PgConnection,
    after: Option<&str>,
    limit: Option<i64>,
    now: DateTime<Utc>,
) -> Result<Vec<Agent>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "select id, name, code_expires_at, token_id, hostname, os, version, created_at, registered_at,
            (select max(last_seen) from series
                where series.tenant_id = agent.tenant_id and series.name = $1
                    and series.labels @> jsonb_build_object('agent', agent.id::text)) as last_seen_at
        from agent where $2::text is null or name > $2 order by name limit $3",
        ALIVE,
        after,
        limit
    )
    .fetch_all(connection)
    .instrument(sql("select agent"))
    .await?;
    Ok(rows.into_iter().map(|row| row.into_agent(now)).collect())
}

/// Forgets an agent: whether there was one, and its token.
pub(crate) async fn delete(
    connection: &mut PgConnection,
    id: AgentId,
) -> Result<Option<Option<TokenId>>, sqlx::Error> {
    let row = sqlx::query!("delete from agent where id = $1 returning token_id", id.0)
        .fetch_optional(connection)
        .instrument(sql("delete agent"))
        .await?;
    Ok(row.map(|row| row.token_id.map(TokenId)))
}

struct Row {
    id: Uuid,
    name: String,
    code_expires_at: DateTime<Utc>,
    token_id: Option<Uuid>,
    hostname: Option<String>,
    os: Option<String>,
    version: Option<String>,
    created_at: DateTime<Utc>,
    registered_at: Option<DateTime<Utc>>,
    last_seen_at: Option<DateTime<Utc>>,
}

impl Row {
    fn into_agent(self, now: DateTime<Utc>) -> Agent {
        let standing = match (self.registered_at, self.token_id) {
            (Some(_), Some(_)) => Standing::Registered,
            (Some(_), None) => Standing::Revoked,
            (None, _) if self.code_expires_at > now => Standing::Invited,
            (None, _) => Standing::Expired,
        };
        Agent {
            id: AgentId(self.id),
            name: self.name,
            standing,
            created_at: self.created_at,
            registered_at: self.registered_at,
            last_seen_at: self.last_seen_at,
            hostname: self.hostname,
            os: self.os,
            version: self.version,
        }
    }
}
