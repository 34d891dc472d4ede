//! Members of a tenant: what they may do with each other is in `rules/membership.rs`.

use contract::id::{TenantId, UserId};
use contract::member::{ChangeRole, Leave, List, Member, Remove};
use contract::rpc::Error;

use super::App;
use crate::access::Insider;
use crate::database::Scope;
use crate::failure::Failure;
use crate::rules::membership as rules;
use crate::tables::membership;
use crate::validation;

pub(super) async fn list(
    app: App,
    tenant: TenantId,
    request: List,
) -> Result<Vec<Member>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let limit = request.limit.map(validation::limit);
    Ok(membership::list(&mut transaction, request.after.as_ref(), limit).await?)
}

pub(super) async fn change_role(
    app: App,
    actor: Insider,
    request: ChangeRole,
) -> Result<Member, Failure> {
    let ChangeRole { user, role } = request;
    let mut transaction = app.database.begin(Scope::Tenant(actor.tenant)).await?;
    let members = membership::hold(&mut transaction).await?;
    rules::change(&members, actor.user, user, role)?;
    membership::update(&mut transaction, user, role).await?;
    let members = membership::list(&mut transaction, None, None).await?;
    transaction.commit().await?;
    let changed = members.into_iter().find(|member| member.user == user);
    Ok(changed.ok_or_else(|| Error::not_found("member"))?)
}

pub(super) async fn remove(app: App, actor: Insider, request: Remove) -> Result<(), Failure> {
    let judge = |members: &rules::Members| rules::remove(members, actor.user, request.user);
    vacate(app, actor.tenant, request.user, judge).await
}

pub(super) async fn leave(app: App, actor: Insider, _: Leave) -> Result<(), Failure> {
    let judge = |members: &rules::Members| rules::leave(members, actor.user);
    vacate(app, actor.tenant, actor.user, judge).await
}

async fn vacate(
    app: App,
    tenant: TenantId,
    user: UserId,
    judge: impl FnOnce(&rules::Members) -> Result<(), Error>,
) -> Result<(), Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    judge(&membership::hold(&mut transaction).await?)?;
    membership::delete(&mut transaction, user).await?;
    Ok(transaction.commit().await?)
}
