//! Housekeeping: closes UTC days, makes partitions ahead, forgets what expired and what was deleted.

use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use contract::id::TenantId;
use tokio_util::sync::CancellationToken;

use crate::database::{Database, Scope};
use crate::rules::throttle;
use crate::rules::uptime::{Timeline, end_of};
use crate::tables::{session, throttle as login_throttle, uptime_day};
use crate::writer::chunks::{self, KnownChunks};
use crate::{leaving, retention};

const EVERY: Duration = Duration::from_mins(1);
/// A day is closed this long after its end: an outage that began in its last minutes may be noticed only then.
const GRACE: TimeDelta = TimeDelta::minutes(15);

/// Does what is due once a minute until told to stop. Several instances may: everything is idempotent.
pub(crate) async fn run(database: Database, stop: CancellationToken) {
    let chunks = KnownChunks::default();
    loop {
        if let Err(error) = once(&database, &chunks, service::now(), &stop).await {
            tracing::warn!(%error, "housekeeping will be tried again in a minute");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

async fn once(
    database: &Database,
    known: &KnownChunks,
    now: DateTime<Utc>,
    stop: &CancellationToken,
) -> Result<(), sqlx::Error> {
    known.ensure(database, &chunks::ahead(now)).await?;
    let mut transaction = database.begin(Scope::Account).await?;
    session::delete_expired(&mut transaction, now).await?;
    login_throttle::forget_before(&mut transaction, now - throttle::MEMORY).await?;
    transaction.commit().await?;
    close_days(database, last_closable(now), now).await?;
    retention::enforce(database, now).await?;
    leaving::clear(database, stop).await
}

/// The newest day that may be closed.
fn last_closable(now: DateTime<Utc>) -> NaiveDate {
    (now - GRACE).date_naive() - Days::new(1)
}

async fn close_days(
    database: &Database,
    last: NaiveDate,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let mut transaction = database.begin(Scope::Relay).await?;
    let tenants = uptime_day::tenants_without(&mut transaction, last, end_of(last)).await?;
    transaction.commit().await?;
    for tenant in tenants {
        close_days_of(database, tenant, last, now).await?;
    }
    Ok(())
}

async fn close_days_of(
    database: &Database,
    tenant: TenantId,
    last: NaiveDate,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let mut transaction = database.begin(Scope::Tenant(tenant)).await?;
    let open = uptime_day::open(&mut transaction, last, end_of(last)).await?;
    for monitor in open {
        let first = monitor.last_closed.map_or_else(
            || monitor.created_at.date_naive(),
            |closed| closed + Days::new(1),
        );
        let timeline = Timeline::new(monitor.created_at, monitor.changes);
        let days = timeline.days(first, last, now);
        uptime_day::insert(&mut transaction, tenant, monitor.monitor, &days, false).await?;
    }
    transaction.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::uptime::begin_of;

    #[test]
    fn a_day_is_closed_a_quarter_of_an_hour_after_its_end() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a date");
        let after = |minutes| last_closable(begin_of(today) + TimeDelta::minutes(minutes));
        assert_eq!(after(14), today - Days::new(2));
        assert_eq!(after(15), today - Days::new(1));
    }
}
