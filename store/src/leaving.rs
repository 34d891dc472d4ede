//! Removes what tenants that were deleted leave behind: piece by piece, so that no transaction is long, however much it is.

use contract::id::TenantId;
use tokio_util::sync::CancellationToken;

use crate::database::{Database, Scope};
use crate::tables::tenant;

/// Until nothing is left, or until told to stop. Several instances may.
pub(crate) async fn clear(
    database: &Database,
    stop: &CancellationToken,
) -> Result<(), sqlx::Error> {
    let mut transaction = database.begin(Scope::Account).await?;
    let closed = tenant::closed(&mut transaction).await?;
    transaction.commit().await?;
    for tenant in closed {
        while empty(database, tenant).await? {
            if stop.is_cancelled() {
                return Ok(());
            }
        }
        let mut transaction = database.begin(Scope::Account).await?;
        tenant::delete(&mut transaction, tenant).await?;
        transaction.commit().await?;
        tracing::info!(%tenant, "nothing is left of a tenant that was deleted");
    }
    Ok(())
}

async fn empty(database: &Database, tenant: TenantId) -> Result<bool, sqlx::Error> {
    let mut transaction = database.begin(Scope::Tenant(tenant)).await?;
    let some = tenant::empty(&mut transaction).await?;
    transaction.commit().await?;
    Ok(some)
}
