//! `token`: what outside services authenticate with.

use chrono::{DateTime, Utc};
use contract::id::{TenantId, TokenId};
use contract::listing::Place;
use contract::plan::Plan;
use contract::token::{self, Grant, Scope, Token};
use sqlx::PgConnection;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;

pub(crate) async fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    token: &Token,
    secret_hash: &[u8],
) -> Result<(), sqlx::Error> {
    let scopes: Vec<String> = token
        .scopes
        .iter()
        .map(|scope| scope.as_str().to_owned())
        .collect();
    sqlx::query!(
        "insert into token (id, tenant_id, name, scopes, secret_hash, created_at) values ($1, $2, $3, $4, $5, $6)",
        token.id.0,
        tenant.0,
        token.name,
        &scopes,
        secret_hash,
        token.created_at
    )
    .execute(connection)
    .instrument(sql("insert token"))
    .await?;
    Ok(())
}

/// Stores a token in place of all others of its name, unless it is there.
pub(crate) async fn replace(
    connection: &mut PgConnection,
    tenant: TenantId,
    token: &Token,
    secret_hash: &[u8],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from token where name = $1 and secret_hash <> $2",
        token.name,
        secret_hash
    )
    .execute(&mut *connection)
    .instrument(sql("delete token"))
    .await?;
    let known = sqlx::query_scalar!("select 1 from token where secret_hash = $1", secret_hash)
        .fetch_optional(&mut *connection)
        .instrument(sql("select token"))
        .await?;
    if known.flatten().is_some() {
        return Ok(());
    }
    insert(connection, tenant, token, secret_hash).await
}

/// Newest first; all of them, or so many behind a place.
pub(crate) async fn list(
    connection: &mut PgConnection,
    after: Option<Place>,
    limit: Option<i64>,
) -> Result<Vec<Token>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "select id, name, scopes, created_at from token
        where $1::timestamptz is null or (created_at, id) < ($1, $2)
        order by created_at desc, id desc limit $3",
        after.map(|place| place.at),
        after.map(|place| place.id),
        limit
    )
    .fetch_all(connection)
    .instrument(sql("select token"))
    .await?;
    Ok(rows.into_iter().map(Token::from).collect())
}

/// Whether there was one.
pub(crate) async fn delete(
    connection: &mut PgConnection,
    id: TokenId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!("delete from token where id = $1", id.0)
        .execute(connection)
        .instrument(sql("delete token"))
        .await?;
    Ok(done.rows_affected() > 0)
}

/// The grants with these keys of their bucket, or all there are, each with its key. For the relay.
pub(crate) async fn grants(
    connection: &mut PgConnection,
    keys: Option<&[String]>,
) -> Result<Vec<(String, Grant)>, sqlx::Error> {
    let rows = sqlx::query_as!(
        GrantRow,
        "select token.id, tenant_id, scopes, secret_hash,
            raw_hours, minute_days, hour_months, active_series, samples_per_s, requests_per_s, telemetry_hours
        from token join tenant on tenant.id = tenant_id
        where $1::text[] is null or secret_hash in (select decode(key, 'hex') from unnest($1) as wanted (key))",
        keys
    )
    .fetch_all(connection)
    .instrument(sql("select token"))
    .await?;
    Ok(rows.into_iter().map(GrantRow::into_entry).collect())
}

struct Row {
    id: Uuid,
    name: String,
    scopes: Vec<String>,
    created_at: DateTime<Utc>,
}

impl From<Row> for Token {
    fn from(row: Row) -> Self {
        Self {
            id: TokenId(row.id),
            name: row.name,
            scopes: scopes(&row.scopes),
            created_at: row.created_at,
        }
    }
}

struct GrantRow {
    id: Uuid,
    tenant_id: Uuid,
    scopes: Vec<String>,
    secret_hash: Vec<u8>,
    raw_hours: i32,
    minute_days: i32,
    hour_months: i32,
    active_series: i32,
    samples_per_s: i32,
    requests_per_s: i32,
    telemetry_hours: i32,
}

impl GrantRow {
    fn into_entry(self) -> (String, Grant) {
        let grant = Grant {
            id: TokenId(self.id),
            tenant: TenantId(self.tenant_id),
            scopes: scopes(&self.scopes),
            plan: Plan {
                raw_hours: self.raw_hours.unsigned_abs(),
                minute_days: self.minute_days.unsigned_abs(),
                hour_months: self.hour_months.unsigned_abs(),
                active_series: self.active_series.unsigned_abs(),
                samples_per_s: self.samples_per_s.unsigned_abs(),
                requests_per_s: self.requests_per_s.unsigned_abs(),
                telemetry_hours: self.telemetry_hours.unsigned_abs(),
            },
        };
        (token::key_of_hash(&self.secret_hash), grant)
    }
}

fn scopes(names: &[String]) -> Vec<Scope> {
    Scope::ALL
        .into_iter()
        .filter(|scope| names.iter().any(|known| known == scope.as_str()))
        .collect()
}
