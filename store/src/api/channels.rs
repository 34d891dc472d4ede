//! Channels and their delivery logs.

mod queueing;

use contract::channel::{
    Channel, Create, Created, Delete, Deliveries, Delivery, Kind, List, Read, ReadTarget,
    Recipients, Secret, Spec, Target, Test, Update,
};
use contract::id::{ChannelId, NotificationId, TenantId};
use contract::rpc::Error;
use sqlx::PgConnection;

use super::{App, shown_traces};
use crate::database::Scope;
use crate::failure::Failure;
use crate::tables::{channel, delivery};
use crate::{secrets, validation};

pub(super) use queueing::queue;

pub(super) async fn create(
    app: App,
    tenant: TenantId,
    request: Create,
) -> Result<Created, Failure> {
    let given = given(request.secret);
    judge(&request.spec, given.as_ref())?;
    let generated = (request.spec.kind() == Kind::Webhook && given.is_none())
        .then(|| Secret::new(secrets::generate_signing()));
    let secret = generated.clone().or(given).unwrap_or_default();
    let channel = Channel {
        id: ChannelId::generate(),
        spec: request.spec,
        has_secret: !secret.expose().is_empty(),
        created_at: service::now(),
    };
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    channel::insert(&mut transaction, tenant, &channel, &secret).await?;
    transaction.commit().await?;
    Ok(Created {
        channel,
        secret: generated,
    })
}

pub(super) async fn list(
    app: App,
    tenant: TenantId,
    request: List,
) -> Result<Vec<Channel>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let limit = request.limit.map(validation::limit);
    Ok(channel::list(&mut transaction, request.after, limit).await?)
}

pub(super) async fn read(app: App, tenant: TenantId, request: Read) -> Result<Channel, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    Ok(find(&mut transaction, request.id).await?.0)
}

pub(super) async fn update(
    app: App,
    tenant: TenantId,
    request: Update,
) -> Result<Channel, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let (mut channel, kept) = find(&mut transaction, request.id).await?;
    let kind = channel.spec.kind();
    if kind != request.spec.kind() {
        return Err(Error::invalid("spec.kind", "stays as it was created").into());
    }
    if request.remove_secret && !kind.can_lack_secret() {
        return Err(
            Error::invalid("remove_secret", "a channel of this kind needs its secret").into(),
        );
    }
    let removed = request.remove_secret.then(Secret::default);
    let changed = given(request.secret).or(removed);
    let secret = changed.as_ref().unwrap_or(&kept);
    judge(&request.spec, Some(secret))?;
    channel.spec = request.spec;
    channel.has_secret = !secret.expose().is_empty();
    channel::update(
        &mut transaction,
        channel.id,
        &channel.spec,
        changed.as_ref(),
    )
    .await?;
    transaction.commit().await?;
    Ok(channel)
}

pub(super) async fn delete(app: App, tenant: TenantId, request: Delete) -> Result<(), Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    if !channel::delete(&mut transaction, request.id).await? {
        return Err(Error::not_found("channel").into());
    }
    Ok(transaction.commit().await?)
}

pub(super) async fn test(
    app: App,
    tenant: TenantId,
    request: Test,
) -> Result<NotificationId, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let (channel, _) = find(&mut transaction, request.id).await?;
    let notification = queueing::trial(tenant, &channel, service::now());
    queue(&app, channel.spec.kind(), &notification).await?;
    Ok(notification.id)
}

pub(super) async fn deliveries(
    app: App,
    tenant: TenantId,
    request: Deliveries,
) -> Result<Vec<Delivery>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    find(&mut transaction, request.id).await?;
    let limit = validation::limit(request.limit);
    let listed = delivery::list(&mut transaction, request.id, limit, request.before).await;
    let mut deliveries = listed?;
    let told = deliveries.iter_mut();
    let told = told.map(|delivery| (delivery.at, &mut delivery.trace));
    shown_traces::sift(&app, &mut transaction, told).await?;
    Ok(deliveries)
}

/// A channel that is muted is told nothing.
pub(super) async fn recipients(
    app: App,
    tenant: TenantId,
    _: Recipients,
) -> Result<Vec<(ChannelId, Kind)>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let channels = channel::list(&mut transaction, None, None).await?;
    let audible = channels.into_iter().filter(|channel| !channel.spec.muted);
    Ok(audible
        .map(|channel| (channel.id, channel.spec.kind()))
        .collect())
}

pub(super) async fn read_target(
    app: App,
    tenant: TenantId,
    request: ReadTarget,
) -> Result<Target, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let found = find(&mut transaction, request.id).await?;
    Ok(channel::target(found))
}

async fn find(connection: &mut PgConnection, id: ChannelId) -> Result<(Channel, Secret), Failure> {
    let found = channel::find(connection, id).await?;
    Ok(found.ok_or_else(|| Error::not_found("channel"))?)
}

/// A form that is left empty gives none.
fn given(secret: Option<Secret>) -> Option<Secret> {
    secret.filter(|secret| !secret.expose().is_empty())
}

fn judge(spec: &Spec, secret: Option<&Secret>) -> Result<(), Failure> {
    validation::check("spec", spec)?;
    let judged = spec.settings.judge_secret(secret);
    Ok(judged.map_err(|rule| Error::invalid("secret", rule))?)
}
