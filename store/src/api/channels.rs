//! Channels and their delivery logs.

use contract::channel::{
    Channel, Create, Created, Delete, Deliveries, Delivery, Kind, List, ReadTarget, Recipients,
    Target,
};
use contract::id::{ChannelId, TenantId};
use contract::rpc::Error;

use super::App;
use crate::database::Scope;
use crate::failure::Failure;
use crate::tables::{channel, delivery};
use crate::{secrets, validation};

pub(super) async fn create(
    app: App,
    tenant: TenantId,
    request: Create,
) -> Result<Created, Failure> {
    validation::check("spec", &request.spec)?;
    if !["http://", "https://"]
        .iter()
        .any(|scheme| request.spec.url.starts_with(scheme))
    {
        return Err(Error::invalid("spec.url", "must begin with http:// or https://").into());
    }
    let secret = secrets::generate_signing();
    let channel = Channel {
        id: ChannelId::generate(),
        spec: request.spec,
        created_at: service::now(),
    };
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    channel::insert(&mut transaction, tenant, &channel, &secret).await?;
    transaction.commit().await?;
    Ok(Created { channel, secret })
}

pub(super) async fn list(app: App, tenant: TenantId, _: List) -> Result<Vec<Channel>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    Ok(channel::list(&mut transaction).await?)
}

pub(super) async fn delete(app: App, tenant: TenantId, request: Delete) -> Result<(), Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    if !channel::delete(&mut transaction, request.id).await? {
        return Err(Error::not_found("channel").into());
    }
    Ok(transaction.commit().await?)
}

pub(super) async fn deliveries(
    app: App,
    tenant: TenantId,
    request: Deliveries,
) -> Result<Vec<Delivery>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    if channel::target(&mut transaction, request.id)
        .await?
        .is_none()
    {
        return Err(Error::not_found("channel").into());
    }
    let limit = validation::limit(request.limit);
    Ok(delivery::list(&mut transaction, request.id, limit).await?)
}

pub(super) async fn recipients(
    app: App,
    tenant: TenantId,
    _: Recipients,
) -> Result<Vec<(ChannelId, Kind)>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let channels = channel::list(&mut transaction).await?;
    Ok(channels
        .into_iter()
        .map(|channel| (channel.id, channel.spec.kind))
        .collect())
}

pub(super) async fn read_target(
    app: App,
    tenant: TenantId,
    request: ReadTarget,
) -> Result<Target, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let target = channel::target(&mut transaction, request.id).await?;
    Ok(target.ok_or_else(|| Error::not_found("channel"))?)
}
