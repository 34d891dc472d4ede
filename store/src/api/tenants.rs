//! Tenants: founding, naming, deleting.

use contract::account::{CreateTenant, DeleteTenant, ReadTenant, RenameTenant, Tenant};
use contract::id::{TenantId, UserId};
use contract::rpc::{Error, Role};
use contract::telemetry::TENANT as OWN;
use sqlx::PgConnection;

use super::App;
use super::accounts::identity;
use crate::access::Insider;
use crate::database::Scope;
use crate::failure::{Failure, conflict, violates};
use crate::rules::membership::is_owner;
use crate::tables::{membership, tenant};
use crate::validation;

/// Most tenants that one person may own.
const MAX_OWNED: usize = 50;

pub(super) async fn create(
    app: App,
    user: UserId,
    request: CreateTenant,
) -> Result<Tenant, Failure> {
    let form = request.form;
    validation::check("form", &form)?;
    let places = identity(&app, user).await?.memberships;
    let owned = places.iter().filter(|place| place.role == Role::Owner);
    if owned.count() >= MAX_OWNED {
        return Err(conflict("you own as many tenants as one person may"));
    }
    let created = Tenant {
        id: TenantId::generate(),
        slug: form.slug,
        name: form.name,
    };
    let scope = Scope::Founder(created.id, user);
    let mut transaction = app.database.begin(scope).await?;
    found(&mut transaction, &created, user).await?;
    transaction.commit().await?;
    Ok(created)
}

/// Adds a tenant with its first owner, within [`Scope::Founder`].
pub(super) async fn found(
    connection: &mut PgConnection,
    created: &Tenant,
    owner: UserId,
) -> Result<(), Failure> {
    tenant::insert(connection, created).await.map_err(taken)?;
    membership::insert(connection, owner, created.id, Role::Owner).await?;
    Ok(())
}

pub(super) async fn read(app: App, tenant: TenantId, _: ReadTenant) -> Result<Tenant, Failure> {
    let mut transaction = app.database.begin(Scope::Account).await?;
    find(&mut transaction, tenant).await
}

pub(super) async fn rename(
    app: App,
    Insider { tenant, user, .. }: Insider,
    request: RenameTenant,
) -> Result<Tenant, Failure> {
    validation::check("form", &request.form)?;
    let mut transaction = app.database.begin(Scope::Founder(tenant, user)).await?;
    tenant::rename(&mut transaction, &request.form.name).await?;
    let renamed = find(&mut transaction, tenant).await?;
    transaction.commit().await?;
    Ok(renamed)
}

/// Takes the tenant out of everybody's reach; what it measured goes after (`leaving.rs`).
pub(super) async fn delete(
    app: App,
    Insider { tenant, user, .. }: Insider,
    request: DeleteTenant,
) -> Result<(), Failure> {
    if tenant == OWN {
        return Err(conflict("the services tell there what they do"));
    }
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    if !is_owner(&membership::hold(&mut transaction).await?, user) {
        return Err(Error::Forbidden.into());
    }
    tenant::vacate(&mut transaction).await?;
    app.database
        .enter(&mut transaction, Scope::Founder(tenant, user))
        .await?;
    if find(&mut transaction, tenant).await?.slug.as_str() != request.confirm {
        return Err(Error::invalid("confirm", "is not the tenant's name in addresses").into());
    }
    tenant::close(&mut transaction, tenant, service::now()).await?;
    Ok(transaction.commit().await?)
}

async fn find(connection: &mut PgConnection, id: TenantId) -> Result<Tenant, Failure> {
    let tenant = tenant::read(connection, id).await?;
    Ok(tenant.ok_or_else(|| Error::not_found("tenant"))?)
}

fn taken(error: sqlx::Error) -> Failure {
    if violates(&error, "tenant_slug_key") {
        conflict("this tenant's name is taken")
    } else {
        error.into()
    }
}
