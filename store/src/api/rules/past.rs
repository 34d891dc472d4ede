//! What a condition looks at in stored data.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::id::{MonitorId, Region, TenantId};
use contract::metric::Labels;
use contract::monitor::Status;
use contract::query::Resolution;
use contract::rpc::Error;
use contract::rule::backtest::History;
use contract::rule::{Condition, Past, Selector, Source};
use sqlx::PgConnection;

use crate::api::metrics::matching;
use crate::failure::Failure;
use crate::reading;
use crate::rules::matcher::Matchers;
use crate::tables::point::Wanted;
use crate::tables::{probe_result, state_change};

/// Newest points of one series that are told.
const MAX_POINTS: usize = 100_000;
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

/// The points of a condition, by series or by region.
pub(super) async fn read(
    connection: &mut PgConnection,
    tenant: TenantId,
    condition: &Condition,
    range: Range,
) -> Result<Vec<Past>, Failure> {
    match condition.source() {
        Source::Metric(selector) => samples(connection, selector, range).await,
        // A state is no point.
        Source::Monitor(_) if matches!(condition, Condition::MonitorState(_)) => Ok(Vec::new()),
        Source::Monitor(monitor) => results(connection, (tenant, monitor), condition, range).await,
    }
}

async fn samples(
    connection: &mut PgConnection,
    selector: &Selector,
    range: Range,
) -> Result<Vec<Past>, Failure> {
    let matchers = Matchers::new(&selector.matchers)?;
    let matched = matching(connection, &selector.metric, &matchers).await?;
    let ids: Vec<i64> = matched.iter().map(|(id, _)| *id).collect();
    let wanted = Wanted {
        series: &ids,
        from: range.from,
        to: range.to,
    };
    let mut stored = reading::series(connection, Resolution::Raw, wanted, false).await?;
    let past = matched.into_iter().filter_map(|(id, labels)| {
        let points = stored.remove(&id)?.into_points();
        let newest = &points[points.len().saturating_sub(MAX_POINTS)..];
        let points: Vec<_> = newest.iter().map(|it| (it.at_ms, it.value)).collect();
        (!points.is_empty()).then_some(Past { labels, points })
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
    let states = changes.into_iter().rev().map(|(since, state, reason)| {
        let status = Status {
            state,
            since,
            reason,
            advisory: None,
            votes: Vec::new(),
        };
        (since, status)
    });
    Ok(states.collect())
}
