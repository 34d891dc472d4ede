//! What monitors did, in numbers.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, DurationRound, TimeDelta, Utc};
use contract::id::{Region, TenantId};
use contract::monitor::{
    Outcomes, PhaseTimes, Quantiles, ReadTimings, ResponseTimes, Summarize, Summary, Uptime,
};
use contract::probe::Phase;
use contract::query::Resolution;
use sqlx::PgConnection;
use uuid::Uuid;

use super::unknown;
use crate::api::App;
use crate::checks::{self, Known, Wanted, Width};
use crate::database::Scope;
use crate::failure::Failure;
use crate::presenting;
use crate::rules::range::{self, Window};
use crate::rules::results::{Counts, Tallies, merge, sum};
use crate::rules::rollup::{HOUR_MS, begin_of as begin_of_bucket};
use crate::rules::uptime::begin_of;
use crate::tables::{incident, monitor, tenant, uptime_day};

/// The windows of a summary beside the last 24 hours, in UTC days, today included.
const WINDOWS: [(&str, u64); 4] = [("7d", 7), ("30d", 30), ("90d", 90), ("365d", 365)];
const LAST_DAY: &str = "24h";
const MAX_INCIDENTS: i64 = 100;

pub(in crate::api) async fn summarize(
    app: App,
    tenant: TenantId,
    request: Summarize,
) -> Result<Summary, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let now = service::now();
    let presented = presenting::monitor(&mut transaction, request.id, now).await?;
    let presented = presented.ok_or_else(unknown)?;
    let closed = uptime_day::sums(&mut transaction, request.id, &firsts(now)).await?;
    let open = presented.open_days(now);
    let last_24h = presented.uptime_24h(now);
    let windows = closed.into_iter().map(|closed| closed + open);
    let spans: Vec<Uptime> = std::iter::once(last_24h).chain(windows).collect();
    let lately = lately(&mut transaction, &[request.id.0], now).await?;
    let counts = counts(&mut transaction, &[request.id.0], now).await?;
    let since = now - TimeDelta::days(365);
    let all = sum(lately.values().flat_map(BTreeMap::values));
    let requests = std::iter::once(all.counts).chain(counts);
    Ok(Summary {
        success_24h: all.counts.success,
        failure_24h: all.counts.failure,
        uptime: by_window(spans.iter().map(|span| span.ratio())),
        uptime_requests: by_window(requests.map(Counts::ratio)),
        coverage: last_24h.coverage(),
        coverage_by_window: by_window(spans.iter().map(|span| span.coverage())),
        percentiles_ms: percentiles(all.quantiles_ms(Phase::TotalTime)),
        phases_ms: phases(&lately),
        incidents: incident::intervals(&mut transaction, request.id, since, MAX_INCIDENTS).await?,
    })
}

pub(in crate::api) async fn read_timings(
    app: App,
    tenant: TenantId,
    request: ReadTimings,
) -> Result<ResponseTimes, Failure> {
    let now = service::now();
    let window = Window {
        from_ms: request.from_ms,
        to_ms: request.to_ms,
        step_ms: None,
        max_points: request.max_points,
    };
    range::span(window, 1)?;
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let ids = [request.id.0];
    let monitors = monitor::list(&mut transaction, Some(&ids)).await?;
    let spec = &monitors.first().ok_or_else(unknown)?.spec;
    let phases = request.phase.map_or(Phase::ALL.len(), |_| 1);
    let regions = request.region.as_ref().map_or(spec.regions.len(), |_| 1);
    let plan = range::span(window, phases * regions.max(1))?;
    let kept = tenant::kept(&mut transaction).await?;
    let step_ms = plan.step.num_milliseconds();
    let width = if step_ms % HOUR_MS == 0 || plan.from < now - kept.minutes {
        Width::Hour
    } else {
        Width::Minute
    };
    let step_ms = (step_ms + width.ms() - 1) / width.ms() * width.ms();
    let from_ms = begin_of_bucket(plan.from.timestamp_millis(), step_ms);
    let wanted = Wanted {
        monitors: &ids,
        region: request.region.as_ref().map(Region::as_str),
        from: DateTime::from_timestamp_millis(from_ms).unwrap_or(plan.from),
        to: plan.to,
        width,
        total: request.phase.is_none_or(|phase| phase == Phase::TotalTime),
        phases: request.phase != Some(Phase::TotalTime),
    };
    let steps = steps(checks::read(&mut transaction, wanted, now).await?, step_ms);
    let phases = request
        .phase
        .map_or(Phase::ALL.to_vec(), |phase| vec![phase]);
    Ok(ResponseTimes {
        resolution: match width {
            Width::Minute => Resolution::Minute,
            Width::Hour => Resolution::Hour,
        },
        step_ms,
        series: series(&steps, &phases),
        outcomes: outcomes(&steps),
    })
}

/// The last 24 hours by region, to the minute.
async fn lately(
    connection: &mut PgConnection,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<Known, sqlx::Error> {
    let day_ago = now - TimeDelta::hours(24);
    let wanted = Wanted {
        monitors: ids,
        region: None,
        from: day_ago
            .duration_trunc(TimeDelta::minutes(1))
            .unwrap_or(day_ago),
        to: now + TimeDelta::days(1),
        width: Width::Minute,
        total: true,
        phases: true,
    };
    checks::read(connection, wanted, now).await
}

/// How the checks of each longer window ended.
async fn counts(
    connection: &mut PgConnection,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<[Counts; WINDOWS.len()], sqlx::Error> {
    let firsts = firsts(now).map(begin_of);
    let wanted = Wanted {
        monitors: ids,
        region: None,
        from: firsts.into_iter().min().unwrap_or(now),
        to: now + TimeDelta::days(1),
        width: Width::Hour,
        total: false,
        phases: false,
    };
    let known = checks::read(connection, wanted, now).await?;
    Ok(firsts.map(|first| {
        let tallies = known.values();
        let since = tallies.flat_map(|tallies| tallies.range(first.timestamp_millis()..));
        sum(since.map(|(_, tally)| tally)).counts
    }))
}

/// The first UTC day of each longer window.
fn firsts(now: DateTime<Utc>) -> [chrono::NaiveDate; WINDOWS.len()] {
    WINDOWS.map(|(_, days)| now.date_naive() - Days::new(days - 1))
}

fn by_window(values: impl Iterator<Item = Option<f64>>) -> BTreeMap<String, Option<f64>> {
    let names = std::iter::once(LAST_DAY).chain(WINDOWS.map(|(name, _)| name));
    names.map(str::to_owned).zip(values).collect()
}

fn percentiles(quantiles: Option<Quantiles>) -> BTreeMap<String, f64> {
    let named =
        quantiles.map(|Quantiles { p50, p95, p99 }| [("p50", p50), ("p95", p95), ("p99", p99)]);
    let named = named.into_iter().flatten();
    named
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn phases(known: &Known) -> BTreeMap<Region, BTreeMap<Phase, Quantiles>> {
    let regions = known.iter().filter_map(|((_, region), tallies)| {
        let all = sum(tallies.values());
        let phases = Phase::ALL.into_iter();
        let phases = phases.filter_map(|phase| Some((phase, all.quantiles_ms(phase)?)));
        Some((region.parse().ok()?, phases.collect()))
    });
    regions.collect()
}

/// By region, in steps of this length.
fn steps(known: Known, step_ms: i64) -> BTreeMap<Region, Tallies> {
    let mut regions = BTreeMap::<Region, Tallies>::new();
    for ((_, region), tallies) in known {
        if let Ok(region) = region.parse() {
            merge(regions.entry(region).or_default(), &tallies, step_ms);
        }
    }
    regions
}

fn series(steps: &BTreeMap<Region, Tallies>, phases: &[Phase]) -> Vec<PhaseTimes> {
    let mut series = Vec::new();
    for (region, steps) in steps {
        for phase in phases {
            let points = steps.iter();
            let points = points
                .filter_map(|(begin_ms, tally)| Some((*begin_ms, tally.quantiles_ms(*phase)?)));
            let times = PhaseTimes {
                region: region.clone(),
                phase: *phase,
                points: points.collect(),
            };
            if !times.points.is_empty() {
                series.push(times);
            }
        }
    }
    series
}

fn outcomes(steps: &BTreeMap<Region, Tallies>) -> Vec<Outcomes> {
    let regions = steps.iter().map(|(region, steps)| {
        let points = steps.iter().map(|(begin_ms, tally)| {
            let Counts {
                success,
                failure,
                missed,
            } = tally.counts;
            (*begin_ms, success, failure, missed)
        });
        Outcomes {
            region: region.clone(),
            points: points.collect(),
        }
    });
    regions.collect()
}
