//! Which page has which address: read only in the account scope, before there is a tenant to act for.

use contract::id::{PageId, Slug, TenantId};
use contract::page::Address;
use sqlx::PgConnection;
use tracing::Instrument;

use crate::database::sql;

pub(crate) async fn find(
    connection: &mut PgConnection,
    at: &Address,
) -> Result<Option<(TenantId, PageId)>, sqlx::Error> {
    let row = sqlx::query!(
        "select page.tenant_id, page.id from tenant join page on page.tenant_id = tenant.id
        where tenant.slug = $1 and (page.slug = $2 or $2 is null and page.first)",
        at.tenant.as_str(),
        at.page.as_ref().map(Slug::as_str)
    )
    .fetch_optional(connection)
    .instrument(sql("select page"))
    .await?;
    Ok(row.map(|row| (TenantId(row.tenant_id), PageId(row.id))))
}

/// The page of a verified domain.
pub(crate) async fn of_host(
    connection: &mut PgConnection,
    host: &str,
) -> Result<Option<Address>, sqlx::Error> {
    let row = sqlx::query!(
        "select tenant.slug as tenant, page.slug as page from page join tenant on tenant.id = page.tenant_id
        where page.host = $1 and page.host_verified_at is not null",
        host
    )
    .fetch_optional(connection)
    .instrument(sql("select page"))
    .await?;
    Ok(row.and_then(|row| {
        Some(Address {
            tenant: row.tenant.parse().ok()?,
            page: Some(row.page.parse().ok()?),
        })
    }))
}
