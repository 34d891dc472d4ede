//! A tenant's past, made up: ninety days as a page looks after ninety days, marked as generated wherever it is stored.

mod history;
mod random;
mod results;

use anyhow::Context as _;
use chrono::{DateTime, Days, NaiveDate, Utc};
use contract::id::{Slug, TenantId};
use contract::monitor::Monitor;
use sqlx::PgConnection;

use crate::database::{Database, Scope};
use crate::rules::uptime::begin_of;
use crate::tables::chunk::{self, Chunk, Table};
use crate::tables::{incident, monitor, probe_result, state_change, uptime_day};
use history::History;

const DAYS: u64 = 90;
/// Results stored in one statement.
const PORTION: usize = 2_000;

/// Gives every monitor of the tenant that has none a history. Doing it again changes nothing.
pub(crate) async fn generate(owner_url: String, slug: Slug) -> anyhow::Result<()> {
    let database =
        Database::new(&owner_url, 2).context("OVERSEER_STORE_OWNER_URL cannot be read")?;
    let tenant: Option<TenantId> =
        sqlx::query_scalar!("select id from tenant where slug = $1", slug.as_str())
            .fetch_optional(database.pool())
            .await?
            .map(TenantId);
    let tenant = tenant.with_context(|| format!("there is no tenant {slug}"))?;
    let monitors = unmarked(&database, tenant).await?;
    let now = service::now();
    for (monitor, created_at) in &monitors {
        let end = now.min(*created_at);
        let history = History::of(monitor, begin_of(first_day(end)), end);
        let mut transaction = database.begin(Scope::Tenant(tenant)).await?;
        store(&mut transaction, tenant, monitor, &history).await?;
        transaction.commit().await?;
        store_results(&database, monitor, &history, now).await?;
        tracing::info!(monitor = monitor.spec.name, "made up ninety days");
    }
    Ok(())
}

fn first_day(end: DateTime<Utc>) -> NaiveDate {
    end.date_naive() - Days::new(DAYS - 1)
}

/// The monitors without generated history, and when they were created.
async fn unmarked(
    database: &Database,
    tenant: TenantId,
) -> Result<Vec<(Monitor, DateTime<Utc>)>, sqlx::Error> {
    let mut transaction = database.begin(Scope::Tenant(tenant)).await?;
    let rows = sqlx::query!(
        "select id, created_at from monitor
        where not exists (select from state_change where monitor_id = monitor.id and demo)"
    )
    .fetch_all(&mut *transaction)
    .await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let monitors = monitor::list(&mut transaction, Some(&ids)).await?;
    let created_at = |monitor: &Monitor| {
        rows.iter()
            .find(|row| row.id == monitor.id.0)
            .map(|row| row.created_at)
    };
    let paired = monitors.into_iter().filter_map(|monitor| {
        let at = created_at(&monitor)?;
        Some((monitor, at))
    });
    Ok(paired.collect())
}

async fn store(
    connection: &mut PgConnection,
    tenant: TenantId,
    monitor: &Monitor,
    history: &History,
) -> Result<(), sqlx::Error> {
    state_change::insert_demo(connection, tenant, monitor.id, &history.changes()).await?;
    let today = history.end.date_naive();
    let days = history
        .timeline()
        .days(first_day(history.end), today - Days::new(1), history.end);
    uptime_day::insert(connection, tenant, monitor.id, &days, true).await?;
    for incident in history.incidents(monitor) {
        incident::insert_demo(connection, tenant, &incident).await?;
    }
    Ok(())
}

async fn store_results(
    database: &Database,
    monitor: &Monitor,
    history: &History,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let results = results::of_last_day(monitor, history, now);
    let mut transaction = database.begin(Scope::Writer).await?;
    for at in [now - Days::new(1), now] {
        chunk::ensure(&mut transaction, Chunk::of(Table::ProbeResult, at)).await?;
    }
    for portion in results.chunks(PORTION) {
        let portion: Vec<_> = portion.iter().map(|result| (result, None)).collect();
        probe_result::insert_new(&mut transaction, &portion).await?;
    }
    transaction.commit().await
}
