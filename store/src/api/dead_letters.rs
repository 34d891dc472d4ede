//! Notifications that were given up.

use contract::dead_letter::{DeadLetter, List, Replay};
use contract::id::TenantId;
use contract::rpc::Error;

use super::App;
use super::channels::queue;
use crate::database::Scope;
use crate::failure::Failure;
use crate::tables::{channel, dead_letter};
use crate::validation;

pub(super) async fn list(
    app: App,
    tenant: TenantId,
    request: List,
) -> Result<Vec<DeadLetter>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let limit = validation::limit(request.limit);
    Ok(dead_letter::list(&mut transaction, limit, request.before).await?)
}

/// Queued before it is committed: who asks again after a failure does no harm, since equal identifiers are one.
pub(super) async fn replay(app: App, tenant: TenantId, request: Replay) -> Result<(), Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let found = dead_letter::replay(&mut transaction, request.id, service::now()).await?;
    let notification = found.ok_or_else(|| Error::not_found("dead letter"))?;
    let (channel, _) = channel::find(&mut transaction, notification.channel)
        .await?
        .ok_or_else(|| Error::not_found("channel"))?;
    queue(&app, channel.spec.kind(), &notification).await?;
    Ok(transaction.commit().await?)
}
