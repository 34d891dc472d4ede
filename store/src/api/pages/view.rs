//! A page as it is at this moment: a handful of statements, however many components there are.

use chrono::{DateTime, Days, TimeDelta, Utc};
use contract::id::{MonitorId, Slug};
use contract::incident::Incident;
use contract::monitor::{Day, Uptime};
use contract::page::{
    Chart, Component, Entry, Group, Planned, Responses, Spec, View, Wanted, zone,
};
use contract::probe::Phase;
use uuid::Uuid;

use super::visits::Door;
use crate::checks::{self, Width};
use crate::presenting::{self, Presented};
use crate::rules::outward::{self, Named, Names};
use crate::rules::planned;
use crate::rules::results::{Tallies, merge};
use crate::rules::rollup::{HOUR_MS, begin_of};
use crate::tables::{incident, maintenance, monitor};

/// Bars of a component: UTC days, the last one today.
const DAYS: u64 = 90;
/// What is over is shown for this long.
const PAST: TimeDelta = TimeDelta::days(14);
const MAX_INCIDENTS: i64 = 50;

pub(super) async fn of(
    door: &mut Door,
    tenant_slug: Slug,
    wanted: Wanted,
    now: DateTime<Utc>,
) -> Result<View, sqlx::Error> {
    let spec = door.stored.page.spec.clone();
    let ids = ids_of(&spec);
    let monitors = presenting::components(&mut door.transaction, ids.as_deref(), now).await?;
    let demo = monitors.iter().any(Presented::is_demo);
    let placed = place(&spec, monitors, now);
    let names = names_of(&placed);
    let incidents = incidents(door, &names, now).await?;
    let maintenances = maintenances(door, &placed, now).await?;
    let response = response(door, &placed, wanted, now).await?;
    let page = &door.stored.page;
    let components = placed.iter().map(|it| it.component.updated_at);
    let told = incidents
        .iter()
        .flat_map(|it| it.updates.iter().map(|update| update.at));
    let updated_at = components.chain(told).chain([page.updated_at]).max();
    Ok(View {
        page: page.id,
        tenant: door.tenant,
        tenant_slug,
        first: page.first,
        visibility: spec.visibility,
        listed: door.is_listed(),
        logo: page.has_logo.then_some(page.revision),
        utc_offset_min: zone::offset_minutes(&spec.time_zone, now).unwrap_or_default(),
        host: page
            .host
            .as_ref()
            .filter(|host| host.verified_at.is_some())
            .map(|host| host.name.clone()),
        created_at: page.created_at,
        updated_at: updated_at.unwrap_or(now),
        groups: group(page.id.0, placed),
        demo: demo || incidents.iter().any(|incident| incident.demo),
        incidents,
        maintenances,
        response,
        slug: spec.slug,
        title: spec.title,
        description: spec.description,
        color: spec.color,
        time_zone: spec.time_zone,
    })
}

/// The monitors on the page.
pub(super) async fn monitors(door: &mut Door) -> Result<Vec<MonitorId>, sqlx::Error> {
    Ok(names(door).await?.into_keys().collect())
}

/// Group and name of each component.
pub(super) async fn keys(
    door: &mut Door,
) -> Result<Vec<(Option<String>, String, MonitorId)>, sqlx::Error> {
    let ids = ids_of(&door.stored.page.spec);
    let monitors = monitor::list(&mut door.transaction, ids.as_deref()).await?;
    let spec = &door.stored.page.spec;
    let keys = monitors
        .into_iter()
        .filter_map(|monitor| match entry(spec, monitor.id) {
            Some((_, entry)) => Some((
                entry.group.clone(),
                entry.name.clone().unwrap_or(monitor.spec.name),
                monitor.id,
            )),
            None => {
                monitor
                    .spec
                    .public
                    .then_some((monitor.spec.group, monitor.spec.name, monitor.id))
            }
        });
    Ok(keys.collect())
}

/// What the monitors on the page are called.
pub(super) async fn names(door: &mut Door) -> Result<Names, sqlx::Error> {
    let spec = &door.stored.page.spec;
    let ids = ids_of(spec);
    let monitors = monitor::list(&mut door.transaction, ids.as_deref()).await?;
    let shown = monitors
        .into_iter()
        .filter(|monitor| ids.is_some() || monitor.spec.public);
    let named = shown.map(|monitor| {
        let inside = monitor.spec.name;
        let outside = entry(spec, monitor.id).and_then(|(_, entry)| entry.name.clone());
        let outside = outside.unwrap_or_else(|| inside.clone());
        (monitor.id, Named { inside, outside })
    });
    Ok(named.collect())
}

/// A component with where it stands.
pub(super) struct Placed {
    position: usize,
    group: Option<String>,
    /// The monitor's own name.
    inside: String,
    is_heartbeat: bool,
    pub(super) component: Component,
}

fn ids_of(spec: &Spec) -> Option<Vec<Uuid>> {
    let entries = spec.components.as_ref()?;
    Some(entries.iter().map(|entry| entry.monitor.0).collect())
}

fn entry(spec: &Spec, monitor: MonitorId) -> Option<(usize, &Entry)> {
    let entries = spec.components.as_deref().unwrap_or_default();
    let mut numbered = entries.iter().enumerate();
    numbered.find(|(_, entry)| entry.monitor == monitor)
}

fn place(spec: &Spec, monitors: Vec<Presented>, now: DateTime<Utc>) -> Vec<Placed> {
    let numbered = monitors.into_iter().enumerate();
    let mut placed: Vec<Placed> = numbered
        .map(|(at, presented)| {
            let days = days(&presented, now);
            let (created_at, looked_at) = (presented.created_at(), presented.looked_at());
            let overview = presented.into_overview();
            let entry = entry(spec, overview.monitor.id);
            let inside = overview.monitor.spec.name;
            let mut status = overview.status;
            // What went wrong in detail is for members: it may name what is behind the page.
            status.detail = None;
            status.votes.iter_mut().for_each(|vote| vote.message = None);
            Placed {
                position: entry.map_or(at, |(position, _)| position),
                group: match entry {
                    Some((_, entry)) => entry.group.clone(),
                    None => overview.monitor.spec.group,
                },
                is_heartbeat: overview.monitor.spec.check.is_heartbeat(),
                component: Component {
                    monitor: overview.monitor.id,
                    name: entry
                        .and_then(|(_, entry)| entry.name.clone())
                        .unwrap_or_else(|| inside.clone()),
                    description: entry
                        .map(|(_, entry)| entry.description.clone())
                        .unwrap_or_default(),
                    updated_at: looked_at.unwrap_or(created_at).max(status.since),
                    uptime_90d: days.iter().map(|day| day.uptime).sum(),
                    status,
                    days,
                    created_at,
                },
                inside,
            }
        })
        .collect();
    placed.sort_by_key(|it| it.position);
    placed
}

fn names_of(placed: &[Placed]) -> Names {
    let named = placed.iter().map(|it| {
        let named = Named {
            inside: it.inside.clone(),
            outside: it.component.name.clone(),
        };
        (it.component.monitor, named)
    });
    named.collect()
}

/// Ninety days, with empty ones from before there was anything to know.
fn days(presented: &Presented, now: DateTime<Utc>) -> Vec<Day> {
    let first = now.date_naive() - Days::new(DAYS - 1);
    let mut known = presented.days(DAYS).peekable();
    let dates = first.iter_days().zip(0..DAYS);
    let days = dates.map(|(date, _)| {
        let of_date = known.next_if(|day| day.date == date);
        of_date.unwrap_or_else(|| Day {
            date,
            uptime: Uptime::default(),
        })
    });
    days.collect()
}

async fn incidents(
    door: &mut Door,
    names: &Names,
    now: DateTime<Utc>,
) -> Result<Vec<Incident>, sqlx::Error> {
    let ids: Vec<_> = names.keys().map(|id| id.0).collect();
    let wanted = incident::Wanted {
        only: None,
        limit: MAX_INCIDENTS,
        monitors: Some(&ids),
        since: now - PAST,
        started_before: None,
        before: None,
    };
    let incidents = incident::list(&mut door.transaction, wanted).await?;
    let told = incidents.into_iter();
    Ok(told.map(|it| outward::incident(it, names)).collect())
}

async fn maintenances(
    door: &mut Door,
    placed: &[Placed],
    now: DateTime<Utc>,
) -> Result<Vec<Planned>, sqlx::Error> {
    let all = maintenance::list(&mut door.transaction, maintenance::Wanted::default()).await?;
    let shown: Vec<_> = placed.iter().map(|it| it.component.monitor).collect();
    Ok(planned::of(&all, &shown, now, PAST))
}

/// Response times of the component that was asked for, or of the first one that can have any.
async fn response(
    door: &mut Door,
    placed: &[Placed],
    wanted: Wanted,
    now: DateTime<Utc>,
) -> Result<Option<Responses>, sqlx::Error> {
    let asked = placed
        .iter()
        .find(|it| Some(it.component.monitor) == wanted.component);
    let Some(chosen) = asked.or_else(|| placed.iter().find(|it| !it.is_heartbeat)) else {
        return Ok(None);
    };
    let component = chosen.component.monitor;
    let points = hours(door, component, wanted.span, now).await?;
    Ok(Some(Responses {
        component,
        span: wanted.span,
        points,
    }))
}

async fn hours(
    door: &mut Door,
    component: MonitorId,
    span: Chart,
    now: DateTime<Utc>,
) -> Result<Vec<(i64, f64, f64)>, sqlx::Error> {
    let from_ms = begin_of(now.timestamp_millis(), HOUR_MS) - span.hours() * HOUR_MS;
    let wanted = checks::Wanted {
        monitors: &[component.0],
        region: None,
        from: DateTime::from_timestamp_millis(from_ms).unwrap_or(now),
        to: now,
        width: Width::Hour,
        total: true,
        phases: false,
    };
    let mut together = Tallies::new();
    for hours in checks::read(&mut door.transaction, wanted, now)
        .await?
        .values()
    {
        merge(&mut together, hours, HOUR_MS);
    }
    let points = together.into_iter().filter_map(|(begin_ms, tally)| {
        let quantiles = tally.quantiles_ms(Phase::TotalTime)?;
        Some((begin_ms, quantiles.p50, quantiles.p95))
    });
    Ok(points.collect())
}

/// Groups in the order of their first component.
fn group(page: Uuid, placed: Vec<Placed>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for Placed {
        group: name,
        component,
        ..
    } in placed
    {
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.components.push(component),
            None => groups.push(Group {
                id: Uuid::new_v5(&page, name.as_deref().unwrap_or_default().as_bytes()),
                name,
                components: vec![component],
            }),
        }
    }
    groups
}
