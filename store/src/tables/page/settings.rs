//! What is kept of a page beside its description: password, logo, domain, collaborators.

use contract::id::{PageId, TenantId};
use contract::page::Logo;
use sqlx::PgConnection;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;

pub(crate) async fn set_password(
    connection: &mut PgConnection,
    id: PageId,
    hash: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update page set password_hash = $2, revision = revision + 1, updated_at = now() where id = $1",
        id.0,
        hash
    )
    .execute(connection)
    .instrument(sql("update page"))
    .await?;
    Ok(())
}

pub(crate) async fn set_logo(
    connection: &mut PgConnection,
    id: PageId,
    logo: Option<&Logo>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update page set logo = $2, logo_type = $3, revision = revision + 1, updated_at = now() where id = $1",
        id.0,
        logo.map(|logo| logo.bytes.as_slice()),
        logo.map(|logo| logo.media_type.as_str())
    )
    .execute(connection)
    .instrument(sql("update page"))
    .await?;
    Ok(())
}

pub(crate) async fn logo(
    connection: &mut PgConnection,
    id: PageId,
) -> Result<Option<Logo>, sqlx::Error> {
    let row = sqlx::query!("select logo, logo_type from page where id = $1", id.0)
        .fetch_optional(connection)
        .instrument(sql("select page"))
        .await?;
    Ok(row.and_then(|row| {
        Some(Logo {
            media_type: row.logo_type?,
            bytes: row.logo?,
        })
    }))
}

/// Claims a domain anew, or gives it up.
pub(crate) async fn set_host(
    connection: &mut PgConnection,
    id: PageId,
    host: Option<&str>,
    token: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update page set host = $2, host_token = $3, host_verified_at = null, revision = revision + 1, updated_at = now()
        where id = $1 and host is distinct from $2",
        id.0,
        host,
        token
    )
    .execute(connection)
    .instrument(sql("update page"))
    .await?;
    Ok(())
}

/// Whether the page claims that domain.
pub(crate) async fn confirm_host(
    connection: &mut PgConnection,
    id: PageId,
    host: &str,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "update page set host_verified_at = coalesce(host_verified_at, now()), updated_at = now()
        where id = $1 and host = $2",
        id.0,
        host
    )
    .execute(connection)
    .instrument(sql("update page"))
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Members of the tenant that are named become the page's collaborators, and nobody else.
pub(crate) async fn set_collaborators(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: PageId,
    users: &[Uuid],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from page_collaborator where page_id = $1 and not user_id = any ($2)",
        id.0,
        users
    )
    .execute(&mut *connection)
    .instrument(sql("delete page_collaborator"))
    .await?;
    sqlx::query!(
        "insert into page_collaborator (page_id, tenant_id, user_id) select $1, $2, unnest($3::uuid[]) on conflict do nothing",
        id.0,
        tenant.0,
        users
    )
    .execute(connection)
    .instrument(sql("insert page_collaborator"))
    .await?;
    Ok(())
}
