//! Planned work.

use chrono::{DateTime, Utc};
use contract::id::TenantId;
use contract::maintenance::{Create, Delete, List, Maintenance, Overview, Spec, Update};
use contract::rpc::Error;

use super::App;
use crate::database::Scope;
use crate::failure::Failure;
use crate::tables::maintenance;
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

pub(super) async fn list(app: App, tenant: TenantId, _: List) -> Result<Vec<Overview>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let now = service::now();
    let mut all: Vec<Overview> = maintenance::list(&mut transaction, None)
        .await?
        .into_iter()
        .map(|maintenance| overview(maintenance, now))
        .collect();
    all.sort_by_key(|it| (!it.active, it.next.is_none(), it.next, it.maintenance.id));
    Ok(all)
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
