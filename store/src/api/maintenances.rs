//! Planned work.

use chrono::{DateTime, Utc};
use contract::id::TenantId;
use contract::maintenance::{Create, Delete, List, Maintenance, Overview, Read, Spec, Update};
use contract::rpc::Error;

use super::App;
use crate::database::Scope;
use crate::failure::Failure;
use crate::tables::maintenance::{self, Wanted};
use crate::validation;

pub(super) async fn create(
    app: App,
    tenant: TenantId,
    request: Create,
) -> Result<Maintenance, Failure> {
    judge(&request.spec)?;
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let created = maintenance::insert(&mut transaction, tenant, &request.spec).await?;
    transaction.commit().await?;
    Ok(created)
}

pub(super) async fn update(
    app: App,
    tenant: TenantId,
    request: Update,
) -> Result<Maintenance, Failure> {
    judge(&request.spec)?;
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let updated = maintenance::update(&mut transaction, request.id, &request.spec).await?;
    transaction.commit().await?;
    Ok(updated.ok_or_else(unknown)?)
}

pub(super) async fn delete(app: App, tenant: TenantId, request: Delete) -> Result<(), Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    if !maintenance::delete(&mut transaction, request.id).await? {
        return Err(unknown().into());
    }
    Ok(transaction.commit().await?)
}

pub(super) async fn read(app: App, tenant: TenantId, request: Read) -> Result<Overview, Failure> {
    let wanted = Wanted {
        ids: Some(&[request.id.0]),
        ..Wanted::default()
    };
    let found = overviews(app, tenant, wanted).await?;
    Ok(found.into_iter().next().ok_or_else(unknown)?)
}

pub(super) async fn list(
    app: App,
    tenant: TenantId,
    request: List,
) -> Result<Vec<Overview>, Failure> {
    let wanted = Wanted {
        after: request.after,
        limit: request.limit.map(validation::limit),
        ..Wanted::default()
    };
    overviews(app, tenant, wanted).await
}

async fn overviews(
    app: App,
    tenant: TenantId,
    wanted: Wanted<'_>,
) -> Result<Vec<Overview>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let found = maintenance::list(&mut transaction, wanted).await?;
    let now = service::now();
    let told = found.into_iter().map(|it| overview(it, now));
    Ok(told.collect())
}

fn overview(maintenance: Maintenance, now: DateTime<Utc>) -> Overview {
    let next = maintenance.spec.when.next(now);
    Overview {
        active: next.is_some_and(|occurrence| occurrence.from <= now),
        next,
        maintenance,
    }
}

fn judge(spec: &Spec) -> Result<(), Error> {
    validation::check("spec", spec)?;
    let zone = spec.when.judge_zone();
    zone.map_err(|error| Error::invalid("spec.time_zone", error.to_string()))
}

fn unknown() -> Error {
    Error::not_found("maintenance")
}
