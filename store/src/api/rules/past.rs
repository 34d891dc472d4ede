//! What a condition looks at in stored data.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::id::{MonitorId, Region, TenantId};
use contract::metric::Labels;
use contract::monitor::Status;
use contract::query::Resolution;
use contract::rpc::Error;
use contract::rule::backtest::History;
use contract::rule::{Condition, Page, Past, Selector, Source};
use sqlx::PgConnection;

use crate::api::metrics::matching;
use crate::failure::Failure;
use crate::reading;
use crate::rules::matcher::Matchers;
use crate::tables::point::Wanted;
use crate::tables::{probe_result, state_change};

/// Points of one message: well below the megabyte that NATS allows.
const PAGE_POINTS: usize = 15_000;
/// Series of one message.
const PAGE_SERIES: usize = 500;
/// Most results of a monitor that are looked at.
const MAX_RESULTS: i64 = 100_000;
/// States a monitor may have been in within a backtest.
const MAX_STATES: i64 = 10_000;

/// A stretch of time, `from` inclusive, `to` exclusive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

/// The range between two instants in Unix milliseconds.
pub(super) fn range(from_ms: i64, to_ms: i64) -> Result<Range, Error> {
    let instant = |ms| DateTime::from_timestamp_millis(ms);
    match (instant(from_ms), instant(to_ms)) {
        (Some(from), Some(to)) if from < to => Ok(Range { from, to }),
        _ => Err(Error::invalid(
            "from_ms",
            "times are Unix milliseconds, the first one before the last one",
        )),
    }
}

/// All a rule is judged by.
pub(super) async fn history(
    connection: &mut PgConnection,
    tenant: TenantId,
    condition: &Condition,
    range: Range,
) -> Result<History, Failure> {
    let states = match (condition, condition.monitor()) {
        (Condition::MonitorState(_), Some(monitor)) => states(connection, monitor, range).await?,
        _ => Vec::new(),
    };
    Ok(History {
        past: read(connection, tenant, condition, range).await?,
        states,
    })
}

/// As much of the points of a condition as one message holds, leaving out the first series.
pub(super) async fn page(
    connection: &mut PgConnection,
    tenant: TenantId,
    condition: &Condition,
    (range, skip): (Range, u32),
) -> Result<Page, Failure> {
    let Source::Metric(selector) = condition.source() else {
        let mut past = read(connection, tenant, condition, range).await?;
        let share = PAGE_POINTS / past.len().max(1);
        for one in &mut past {
            keep_newest(one, share);
        }
        return Ok(Page { past, next: None });
    };
    let matched = of_selector(connection, selector).await?;
    let skip = usize::try_from(skip)
        .unwrap_or(usize::MAX)
        .min(matched.len());
    let end = matched.len().min(skip + PAGE_SERIES);
    let found = samples(connection, &matched[skip..end], range).await?;
    let (mut taken, mut points) = (0, 0);
    let mut past = Vec::new();
    for mut one in found {
        keep_newest(&mut one, PAGE_POINTS);
        points += one.points.len();
        if points > PAGE_POINTS {
            break;
        }
        taken += 1;
        past.push(one);
    }
    past.retain(|one| !one.points.is_empty());
    let next = skip + taken;
    let next = (next < matched.len()).then(|| u32::try_from(next).unwrap_or(u32::MAX));
    Ok(Page { past, next })
}

fn keep_newest(past: &mut Past, most: usize) {
    let surplus = past.points.len().saturating_sub(most);
    past.points.drain(..surplus);
}

/// The points of a condition, by series or by region.
async fn read(
    connection: &mut PgConnection,
    tenant: TenantId,
    condition: &Condition,
    range: Range,
) -> Result<Vec<Past>, Failure> {
    let mut past = match condition.source() {
        Source::Metric(selector) => {
            let matched = of_selector(connection, selector).await?;
            samples(connection, &matched, range).await?
        }
        // A state is no point.
        Source::Monitor(_) if matches!(condition, Condition::MonitorState(_)) => Vec::new(),
        Source::Monitor(monitor) => {
            results(connection, (tenant, monitor), condition, range).await?
        }
    };
    past.retain(|one| !one.points.is_empty());
    Ok(past)
}

async fn of_selector(
    connection: &mut PgConnection,
    selector: &Selector,
) -> Result<Vec<(i64, Labels)>, Failure> {
    let matchers = Matchers::new(&selector.matchers)?;
    matching(connection, &selector.metric, &matchers).await
}

/// The points of each of these series, in their order.
async fn samples(
    connection: &mut PgConnection,
    matched: &[(i64, Labels)],
    range: Range,
) -> Result<Vec<Past>, Failure> {
    let ids: Vec<i64> = matched.iter().map(|(id, _)| *id).collect();
    let wanted = Wanted {
        series: &ids,
        from: range.from,
        to: range.to,
    };
    let mut stored = reading::series(connection, Resolution::Raw, wanted, false).await?;
    let past = matched.iter().map(|(id, labels)| {
        let points = stored.remove(id).unwrap_or_default().into_points();
        Past {
            labels: labels.clone(),
            points: points.iter().map(|it| (it.at_ms, it.value)).collect(),
        }
    });
    Ok(past.collect())
}

async fn results(
    connection: &mut PgConnection,
    (tenant, monitor): (TenantId, MonitorId),
    condition: &Condition,
    range: Range,
) -> Result<Vec<Past>, Failure> {
    let wanted = probe_result::Wanted {
        tenant,
        monitor,
        region: None,
        since: range.from,
        before: range.to,
        behind: None,
        limit: MAX_RESULTS,
    };
    let mut regions: BTreeMap<Region, Vec<(i64, f64)>> = BTreeMap::new();
    for result in probe_result::list(connection, wanted).await?.iter().rev() {
        if let Some(value) = condition.extract(result) {
            let points = regions.entry(result.region.clone()).or_default();
            points.push((result.tick_at.timestamp_millis(), value));
        }
    }
    let past = regions.into_iter().map(|(region, points)| Past {
        labels: Labels::from([("region".to_owned(), region.into())]),
        points,
    });
    Ok(past.collect())
}

async fn states(
    connection: &mut PgConnection,
    monitor: MonitorId,
    range: Range,
) -> Result<Vec<(DateTime<Utc>, Status)>, Failure> {
    let changes = state_change::before(connection, monitor, range.to, MAX_STATES).await?;
    let states = changes.into_iter().rev();
    Ok(states.map(|status| (status.since, status)).collect())
}
