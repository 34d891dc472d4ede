//! "Show the trace" has to lead somewhere: a trace is told only while something of it can be read, or is on its way.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use contract::telemetry::{TENANT, TraceId};
use sqlx::PgConnection;

use super::App;
use crate::database::Scope;
use crate::tables::{telemetry, telemetry_operation};

/// Services export in batches, and what is to be sampled waits for half a minute.
const ON_ITS_WAY: TimeDelta = TimeDelta::minutes(1);
/// What a service does is noted every ten minutes while it goes on.
const LATELY: TimeDelta = TimeDelta::minutes(30);

/// When something happened, and the trace it is said to have come about in.
pub(super) type Told<'a> = (DateTime<Utc>, &'a mut Option<TraceId>);

/// Takes away those that lead nowhere, for readers within the connection's scope.
pub(super) async fn sift<'a>(
    app: &App,
    connection: &mut PgConnection,
    told: impl IntoIterator<Item = Told<'a>>,
) -> Result<(), sqlx::Error> {
    let told = told.into_iter();
    let mut named: Vec<Told<'a>> = told.filter(|(_, trace)| trace.is_some()).collect();
    let asked: Vec<(TraceId, DateTime<Utc>)> = named
        .iter()
        .filter_map(|(at, trace)| Some(((**trace)?, *at)))
        .collect();
    if asked.is_empty() {
        return Ok(());
    }
    let now = service::now();
    let kept = telemetry::kept(connection, &asked).await?;
    let kept: BTreeSet<TraceId> = kept.into_iter().collect();
    named.retain(|(_, trace)| trace.is_some_and(|trace| !kept.contains(&trace)));
    let fresh = |at: DateTime<Utc>| at > now - ON_ITS_WAY;
    let awaits = named.iter().any(|(at, _)| fresh(*at)) && are_exported_here(app, now).await?;
    for (at, trace) in named {
        if !(awaits && fresh(at)) {
            *trace = None;
        }
    }
    Ok(())
}

/// Whether what the services say of themselves comes here, and not to a collector.
async fn are_exported_here(app: &App, now: DateTime<Utc>) -> Result<bool, sqlx::Error> {
    let mut transaction = app.database.begin(Scope::Tenant(TENANT)).await?;
    telemetry_operation::is_any_since(&mut transaction, now - LATELY).await
}
