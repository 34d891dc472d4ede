//! Public status pages.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, TimeDelta, Utc};
use contract::monitor::Day;
use contract::page::{Component, Group, Show, View};
use contract::rpc::Error;
use sqlx::PgConnection;
use uuid::Uuid;

use super::App;
use crate::checks::{self, Wanted, Width};
use crate::database::Scope;
use crate::failure::Failure;
use crate::presenting::{self, Presented};
use crate::rules::response::response_times;
use crate::rules::results::{Tallies, merge};
use crate::rules::rollup::HOUR_MS;
use crate::tables::{incident, tenant, uptime_day};

/// Bars of a component: UTC days, the last one today.
const DAYS: u64 = 90;
/// Resolved incidents are shown for this long.
const INCIDENTS: TimeDelta = TimeDelta::days(14);
/// Response times are shown for this long.
const RESPONSE: TimeDelta = TimeDelta::hours(24);
const MAX_INCIDENTS: i64 = 50;

pub(super) async fn show(app: App, request: Show) -> Result<View, Failure> {
    let mut transaction = app.database.begin(Scope::Account).await?;
    let published = tenant::published(&mut transaction, &request.tenant).await?;
    drop(transaction);
    let (tenant, title) = published.ok_or_else(|| Error::not_found("status page"))?;
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let now = service::now();
    let monitors = presenting::monitors(&mut transaction, None, true, now).await?;
    let ids: Vec<_> = monitors.iter().map(|presented| presented.id().0).collect();
    let first = now.date_naive() - Days::new(DAYS - 1);
    let mut closed = uptime_day::since(&mut transaction, &ids, first).await?;
    let mut response = response(&mut transaction, &ids, now).await?;
    let wanted = incident::Wanted {
        only: None,
        limit: MAX_INCIDENTS,
        public_only: true,
        since: now - INCIDENTS,
    };
    let incidents = incident::list(&mut transaction, wanted).await?;
    let demo =
        monitors.iter().any(Presented::is_demo) || incidents.iter().any(|incident| incident.demo);
    let components = monitors.into_iter().map(|presented| {
        let id = presented.id();
        let days = days(&presented, closed.remove(&id).unwrap_or_default(), now);
        let hours = response.remove(&id.0).unwrap_or_default();
        component(presented, days, &hours)
    });
    Ok(View {
        tenant,
        slug: request.tenant,
        title,
        updated_at: now,
        groups: group(components),
        incidents,
        demo,
    })
}

/// How the whole hours of the last day were, all regions together, by monitor.
async fn response(
    connection: &mut PgConnection,
    monitors: &[Uuid],
    now: DateTime<Utc>,
) -> Result<BTreeMap<Uuid, Tallies>, sqlx::Error> {
    let wanted = Wanted {
        monitors,
        region: None,
        from: now - RESPONSE,
        to: now,
        width: Width::Hour,
        total: true,
        phases: false,
    };
    let mut together: BTreeMap<Uuid, Tallies> = BTreeMap::new();
    for ((monitor, _), hours) in checks::rolled_up(connection, wanted).await? {
        merge(together.entry(monitor).or_default(), &hours, HOUR_MS);
    }
    Ok(together)
}

/// Ninety days: frozen ones, those that are not frozen yet, and empty ones from before there was anything to know.
fn days(presented: &Presented, closed: Vec<Day>, now: DateTime<Utc>) -> Vec<Day> {
    let today = now.date_naive();
    let known: BTreeMap<_, _> = closed
        .into_iter()
        .chain(presented.open_day_list(now))
        .map(|day| (day.date, day.uptime))
        .collect();
    (0..DAYS)
        .rev()
        .map(|back| {
            let date = today - Days::new(back);
            let uptime = known.get(&date).copied().unwrap_or_default();
            Day { date, uptime }
        })
        .collect()
}

fn component(presented: Presented, days: Vec<Day>, hours: &Tallies) -> (Option<String>, Component) {
    let response = response_times(hours, presented.looks());
    let overview = presented.into_overview();
    let monitor = overview.monitor.id;
    let mut status = overview.status;
    // What went wrong in detail is for members: it may name what is behind the page.
    status.votes.iter_mut().for_each(|vote| vote.message = None);
    let component = Component {
        monitor,
        name: overview.monitor.spec.name,
        status,
        uptime_90d: days.iter().map(|day| day.uptime).sum(),
        days,
        response,
    };
    (overview.monitor.spec.group, component)
}

/// Components come in the order of their groups.
fn group(components: impl Iterator<Item = (Option<String>, Component)>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (name, component) in components {
        match groups.last_mut() {
            Some(group) if group.name == name => group.components.push(component),
            _ => groups.push(Group {
                name,
                components: vec![component],
            }),
        }
    }
    groups
}
