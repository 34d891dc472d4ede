//! Public status pages: what owners do with them. What visitors do is in `visits`.

mod measure;
mod settings;
mod view;
mod visits;

use contract::id::{PageId, TenantId};
use contract::page::{Create, Delete, List, Page, Read, Spec, Update, zone};
use contract::rpc::{Error, Role};
use sqlx::{Postgres, Transaction};

use super::App;
use crate::access::Insider;
use crate::database::Scope;
use crate::failure::{Failure, conflict, violates};
use crate::tables::monitor;
use crate::tables::page::{self, Stored, Wanted};
use crate::validation;

pub(super) use measure::measure;
pub(super) use settings::{confirm_host, set_collaborators, set_host, set_logo, set_password};
pub(super) use visits::{enter, find, history, read_logo, show, unlock};

pub(super) async fn list(app: App, tenant: TenantId, request: List) -> Result<Vec<Page>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let wanted = Wanted {
        after: request.after.as_ref(),
        limit: request.limit.map(validation::limit),
        ..Wanted::default()
    };
    let pages = page::list(&mut transaction, wanted).await?;
    Ok(pages.into_iter().map(|stored| stored.page).collect())
}

pub(super) async fn read(app: App, tenant: TenantId, request: Read) -> Result<Page, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    Ok(existing(&mut transaction, request.id).await?.page)
}

pub(super) async fn create(app: App, tenant: TenantId, request: Create) -> Result<Page, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    judge(&mut transaction, &request.spec).await?;
    let id = PageId::generate();
    page::insert(&mut transaction, tenant, id, &request.spec)
        .await
        .map_err(taken)?;
    finish(transaction, id).await
}

pub(super) async fn update(app: App, member: Insider, request: Update) -> Result<Page, Failure> {
    let (mut transaction, stored) = edit(&app, member, request.id).await?;
    judge(&mut transaction, &request.spec).await?;
    let revision = request.revision.unwrap_or(stored.page.revision);
    if !page::update(&mut transaction, request.id, &request.spec, revision)
        .await
        .map_err(taken)?
    {
        return Err(conflict("somebody else changed this page; read it again"));
    }
    finish(transaction, request.id).await
}

pub(super) async fn delete(app: App, tenant: TenantId, request: Delete) -> Result<(), Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    existing(&mut transaction, request.id).await?;
    if !page::delete(&mut transaction, request.id).await? {
        return Err(conflict(
            "the first page of a tenant stays; make it a draft instead",
        ));
    }
    Ok(transaction.commit().await?)
}

/// A page in a transaction of somebody who may change it: editors, and the page's collaborators.
async fn edit(
    app: &App,
    member: Insider,
    id: PageId,
) -> Result<(Transaction<'static, Postgres>, Stored), Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(member.tenant)).await?;
    let stored = existing(&mut transaction, id).await?;
    if member.role < Role::Editor && !stored.page.collaborators.contains(&member.user) {
        return Err(Error::Forbidden.into());
    }
    Ok((transaction, stored))
}

async fn finish(
    mut transaction: Transaction<'static, Postgres>,
    id: PageId,
) -> Result<Page, Failure> {
    let stored = existing(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(stored.page)
}

async fn existing(
    transaction: &mut Transaction<'static, Postgres>,
    id: PageId,
) -> Result<Stored, Failure> {
    let stored = page::read(transaction, id).await?;
    Ok(stored.ok_or_else(unknown)?)
}

/// A description whose zone and monitors exist.
async fn judge(
    transaction: &mut Transaction<'static, Postgres>,
    spec: &Spec,
) -> Result<(), Failure> {
    validation::check("spec", spec)?;
    zone::offset_minutes(&spec.time_zone, service::now())
        .map_err(|error| Error::invalid("spec.time_zone", error.to_string()))?;
    let entries = spec.components.as_deref().unwrap_or_default();
    let ids: Vec<_> = entries.iter().map(|entry| entry.monitor.0).collect();
    let known = monitor::list(transaction, Some(&ids)).await?;
    let missing = entries
        .iter()
        .position(|entry| known.iter().all(|monitor| monitor.id != entry.monitor));
    match missing {
        Some(at) => {
            let field = format!("spec.components[{at}].monitor");
            Err(Error::invalid(field, "there is no such monitor").into())
        }
        None => Ok(()),
    }
}

fn taken(error: sqlx::Error) -> Failure {
    if violates(&error, "page_slug_key") {
        conflict("this tenant has a page of that name already")
    } else {
        error.into()
    }
}

fn unknown() -> Error {
    Error::not_found("status page")
}
