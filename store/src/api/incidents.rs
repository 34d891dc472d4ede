//! Incidents: found by monitors, or told by people.

use chrono::DateTime;
use contract::id::{IncidentId, TenantId};
use contract::incident::{AddUpdate, Create, Delete, Incident, List, Read};
use contract::live::Update;
use contract::rpc::Error;
use sqlx::PgConnection;

use super::{App, shown_traces};
use crate::database::Scope;
use crate::failure::Failure;
use crate::tables::incident::{self, Wanted};
use crate::tables::monitor;
use crate::validation;

pub(super) async fn list(
    app: App,
    tenant: TenantId,
    request: List,
) -> Result<Vec<Incident>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let wanted = Wanted {
        only: None,
        limit: validation::limit(request.limit),
        monitors: None,
        since: DateTime::UNIX_EPOCH,
        started_before: None,
        before: request.before,
    };
    let mut incidents = incident::list(&mut transaction, wanted).await?;
    sift(&app, &mut transaction, &mut incidents).await?;
    Ok(incidents)
}

pub(super) async fn read(app: App, tenant: TenantId, request: Read) -> Result<Incident, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    find(&app, &mut transaction, request.id).await
}

pub(super) async fn create(
    app: App,
    tenant: TenantId,
    request: Create,
) -> Result<Incident, Failure> {
    let spec = request.spec;
    validation::check("spec", &spec)?;
    let now = service::now();
    if spec.started_at.is_some_and(|at| at > now) {
        return Err(Error::invalid("spec.started_at", "must not be in the future").into());
    }
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    if let Some(id) = spec.monitor
        && monitor::list(&mut transaction, Some(&[id.0]))
            .await?
            .is_empty()
    {
        return Err(Error::invalid("spec.monitor", "there is no such monitor").into());
    }
    let id = IncidentId::generate();
    incident::insert(&mut transaction, tenant, id, &spec, now).await?;
    let created = find(&app, &mut transaction, id).await?;
    transaction.commit().await?;
    announce(&app, tenant, &created).await;
    Ok(created)
}

pub(super) async fn add_update(
    app: App,
    tenant: TenantId,
    request: AddUpdate,
) -> Result<Incident, Failure> {
    validation::check("note", &request.note)?;
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let now = service::now();
    incident::add_update(&mut transaction, request.id, &request.note, now).await?;
    let updated = find(&app, &mut transaction, request.id).await?;
    transaction.commit().await?;
    announce(&app, tenant, &updated).await;
    Ok(updated)
}

pub(super) async fn delete(app: App, tenant: TenantId, request: Delete) -> Result<(), Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let last = find(&app, &mut transaction, request.id).await?;
    if !incident::delete(&mut transaction, request.id).await? {
        return Err(unknown().into());
    }
    transaction.commit().await?;
    announce(&app, tenant, &last).await;
    Ok(())
}

/// Tells the pages that are open right now to look at it again.
async fn announce(app: &App, tenant: TenantId, incident: &Incident) {
    let update = Update::Incident {
        incident: incident.id,
        monitor: incident.monitor,
        open: !incident.status.is_over(),
        title: incident.title.clone(),
        at: service::now(),
    };
    app.bus.announce_live(tenant, &update).await;
}

async fn find(
    app: &App,
    connection: &mut PgConnection,
    id: IncidentId,
) -> Result<Incident, Failure> {
    let wanted = Wanted {
        only: Some(id),
        limit: 1,
        monitors: None,
        since: DateTime::UNIX_EPOCH,
        started_before: None,
        before: None,
    };
    let mut found = incident::list(connection, wanted).await?;
    sift(app, connection, &mut found).await?;
    let found = found.into_iter().next();
    Ok(found.ok_or_else(unknown)?)
}

fn unknown() -> Error {
    Error::not_found("incident")
}

async fn sift(
    app: &App,
    connection: &mut PgConnection,
    incidents: &mut [Incident],
) -> Result<(), sqlx::Error> {
    let updates = incidents.iter_mut().flat_map(|one| &mut one.updates);
    let told = updates.map(|update| (update.at, &mut update.trace));
    shown_traces::sift(app, connection, told).await
}
