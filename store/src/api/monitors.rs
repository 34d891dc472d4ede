//! Monitors, their state and their numbers.

mod numbers;

use chrono::{DateTime, TimeDelta};
use contract::id::{MonitorId, TenantId};
use contract::monitor::{
    Before, Create, Delete, List, Monitor, Overview, Read, Results, Spec, Update,
};
use contract::probe::Finished;
use contract::rpc::{Error, Role};
use sqlx::PgConnection;

use super::{App, shown_traces};
use crate::access::Insider;
use crate::database::Scope;
use crate::failure::{Failure, conflict, violates};
use crate::presenting::{self, Presented, Which};
use crate::tables::monitor;
use crate::tables::probe_result::{self, Wanted};
use crate::validation;

pub(super) use numbers::{read_timings, summarize};

pub(super) async fn create(
    app: App,
    tenant: TenantId,
    request: Create,
) -> Result<Monitor, Failure> {
    let spec = judge(request.spec)?;
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let monitor = monitor::insert(&mut transaction, tenant, &spec)
        .await
        .map_err(taken)?;
    transaction.commit().await?;
    Ok(monitor)
}

pub(super) async fn update(
    app: App,
    tenant: TenantId,
    request: Update,
) -> Result<Monitor, Failure> {
    let spec = judge(request.spec)?;
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let updated = monitor::update(&mut transaction, request.id, &spec, request.revision)
        .await
        .map_err(taken)?;
    let Some(monitor) = updated else {
        return Err(missed(&mut transaction, request.id).await?);
    };
    transaction.commit().await?;
    Ok(monitor)
}

pub(super) async fn delete(app: App, tenant: TenantId, request: Delete) -> Result<(), Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    if !monitor::delete(&mut transaction, request.id).await? {
        return Err(unknown().into());
    }
    Ok(transaction.commit().await?)
}

pub(super) async fn read(app: App, member: Insider, request: Read) -> Result<Overview, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(member.tenant)).await?;
    let presented = presenting::monitor(&mut transaction, request.id, service::now()).await?;
    Ok(shown(presented.ok_or_else(unknown)?, member.role))
}

pub(super) async fn list(
    app: App,
    member: Insider,
    request: List,
) -> Result<Vec<Overview>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(member.tenant)).await?;
    let which = Which {
        after: request.after.as_ref(),
        limit: request.limit.map(validation::limit),
        ..Which::default()
    };
    let monitors = presenting::monitors(&mut transaction, which, service::now()).await?;
    let shown = monitors
        .into_iter()
        .map(|presented| shown(presented, member.role));
    Ok(shown.collect())
}

/// Secrets are for those who could change them.
fn shown(presented: Presented, role: Role) -> Overview {
    let overview = presented.into_overview();
    if role >= Role::Editor {
        return overview;
    }
    Overview {
        monitor: overview.monitor.concealed(),
        ..overview
    }
}

pub(super) async fn results(
    app: App,
    tenant: TenantId,
    request: Results,
) -> Result<Vec<Finished>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let ids = [request.id.0];
    let monitors = monitor::list(&mut transaction, Some(&ids)).await?;
    let interval_s = monitors.first().ok_or_else(unknown)?.spec.check.interval_s;
    let tomorrow = service::now() + TimeDelta::days(1);
    let (before, behind) = match &request.before {
        Some(Before::Tick(tick_at)) => (*tick_at, None),
        Some(Before::Result { tick_at, region }) => (*tick_at, Some(region)),
        None => (tomorrow, None),
    };
    let before = before.min(tomorrow);
    let limit = validation::limit(request.limit);
    let window = TimeDelta::seconds(i64::from(interval_s) * (limit + 2));
    let wanted = Wanted {
        tenant,
        monitor: request.id,
        region: request.region.as_ref(),
        since: before.min(service::now()) - window,
        before,
        behind,
        limit,
    };
    let mut results = probe_result::list(&mut transaction, wanted).await?;
    if i64::try_from(results.len()).unwrap_or(limit) < limit {
        // Nobody looked for a while, or there is not more: then all of them are not many.
        let since = DateTime::UNIX_EPOCH;
        results = probe_result::list(&mut transaction, Wanted { since, ..wanted }).await?;
    }
    let told = results.iter_mut();
    let told = told.map(|result| (result.started_at, &mut result.trace));
    shown_traces::sift(&app, &mut transaction, told).await?;
    Ok(results)
}

/// Judges a description and puts it into the one form that is stored.
fn judge(spec: Spec) -> Result<Spec, Error> {
    validation::check("spec", &spec)?;
    Ok(spec.normalized())
}

fn taken(error: sqlx::Error) -> Failure {
    if violates(&error, monitor::NAME_KEY) {
        conflict("there is a monitor of this name in this group already")
    } else {
        error.into()
    }
}

/// Why a monitor was not changed.
async fn missed(connection: &mut PgConnection, id: MonitorId) -> Result<Failure, sqlx::Error> {
    let found = monitor::list(connection, Some(&[id.0])).await?;
    Ok(if found.is_empty() {
        unknown().into()
    } else {
        conflict("somebody else changed this monitor; read it again")
    })
}

fn unknown() -> Error {
    Error::not_found("monitor")
}
