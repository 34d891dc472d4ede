//! Invitations: making, withdrawing, following.

use chrono::{DateTime, TimeDelta, Utc};
use contract::account::{Membership, Tenant};
use contract::id::{InvitationId, TenantId, UserId};
use contract::invitation::{
    Accept, Create, Created, Invitation, LIFETIME_DAYS, List, MAX_OPEN, Offer, PREFIX, Revoke, Show,
};
use contract::rpc::Error;
use sqlx::PgConnection;
use subtle::ConstantTimeEq as _;

use super::App;
use crate::access::Insider;
use crate::database::Scope;
use crate::failure::{Failure, conflict, violates};
use crate::rules::membership::grant;
use crate::secrets::{self, Code};
use crate::tables::{invitation, membership, tenant};
use crate::validation;

pub(super) async fn create(app: App, actor: Insider, request: Create) -> Result<Created, Failure> {
    let form = request.form;
    validation::check("form", &form)?;
    let now = service::now();
    let mut transaction = app.database.begin(Scope::Tenant(actor.tenant)).await?;
    let members = membership::list(&mut transaction, None, None).await?;
    let inviter = members.into_iter().find(|member| member.user == actor.user);
    let inviter = inviter.ok_or(Error::Forbidden)?;
    grant(inviter.role, form.role)?;
    if invitation::count_open(&mut transaction, now).await? >= MAX_OPEN {
        return Err(conflict(
            "too many invitations are open; withdraw some first",
        ));
    }
    let invitation = Invitation {
        id: InvitationId::generate(),
        email: form.email,
        role: form.role,
        invited_by: inviter.name,
        created_at: now,
        expires_at: now + TimeDelta::days(LIFETIME_DAYS),
    };
    let secret = Code::generate(PREFIX, actor.tenant, invitation.id.0);
    let hash = secrets::digest(&secret);
    invitation::insert(&mut transaction, actor.tenant, &invitation, &hash).await?;
    transaction.commit().await?;
    Ok(Created { invitation, secret })
}

pub(super) async fn list(
    app: App,
    Insider { tenant, .. }: Insider,
    request: List,
) -> Result<Vec<Invitation>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let limit = request.limit.map(validation::limit);
    Ok(invitation::list(&mut transaction, request.after, limit).await?)
}

pub(super) async fn revoke(
    app: App,
    Insider { tenant, .. }: Insider,
    request: Revoke,
) -> Result<(), Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    if !invitation::delete(&mut transaction, request.id).await? {
        return Err(unknown().into());
    }
    Ok(transaction.commit().await?)
}

pub(super) async fn show(app: App, request: Show) -> Result<Offer, Failure> {
    let code = Code::parse(PREFIX, &request.secret).ok_or_else(unknown)?;
    let mut transaction = app.database.begin(Scope::Tenant(code.tenant)).await?;
    let found = find(&mut transaction, &code, &request.secret, service::now()).await?;
    drop(transaction);
    let tenant = read_tenant(&app, code.tenant).await?;
    Ok(Offer {
        tenant: tenant.slug,
        tenant_name: tenant.name,
        role: found.role,
        invited_by: found.invited_by,
        email: found.email,
        expires_at: found.expires_at,
    })
}

pub(super) async fn accept(app: App, user: UserId, request: Accept) -> Result<Membership, Failure> {
    let code = Code::parse(PREFIX, &request.secret).ok_or_else(unknown)?;
    let tenant = read_tenant(&app, code.tenant).await?;
    let now = service::now();
    let mut transaction = app.database.begin(Scope::Tenant(code.tenant)).await?;
    let found = find(&mut transaction, &code, &request.secret, now).await?;
    membership::insert(&mut transaction, user, code.tenant, found.role)
        .await
        .map_err(taken)?;
    invitation::accept(&mut transaction, found.id, now).await?;
    transaction.commit().await?;
    Ok(Membership {
        tenant: tenant.id,
        slug: tenant.slug,
        name: tenant.name,
        role: found.role,
    })
}

async fn find(
    connection: &mut PgConnection,
    code: &Code,
    secret: &str,
    now: DateTime<Utc>,
) -> Result<Invitation, Failure> {
    let found = invitation::open(connection, InvitationId(code.subject), now).await?;
    let (found, hash) = found.ok_or_else(unknown)?;
    let right = hash.ct_eq(&secrets::digest(secret));
    if bool::from(right) {
        Ok(found)
    } else {
        Err(unknown().into())
    }
}

async fn read_tenant(app: &App, id: TenantId) -> Result<Tenant, Failure> {
    let mut directory = app.database.begin(Scope::Account).await?;
    let tenant = tenant::read(&mut directory, id).await?;
    Ok(tenant.ok_or_else(unknown)?)
}

/// The same for a link that never was and for one that was used, withdrawn or has expired: nothing is learned by trying.
fn unknown() -> Error {
    Error::not_found("invitation")
}

fn taken(error: sqlx::Error) -> Failure {
    if violates(&error, membership::KEY) {
        conflict("you are a member already")
    } else {
        error.into()
    }
}
