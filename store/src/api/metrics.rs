//! Questions about samples.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::id::TenantId;
use contract::metric::Labels;
use contract::query::{Aggregate, Answer, List, Metric, Query, Range, Resolution, Series};
use contract::rpc::Error;
use sqlx::PgConnection;

use super::App;
use crate::database::Scope;
use crate::failure::Failure;
use crate::rules::range::{self, Plan};
use crate::tables::point::{self, Members, Point, Step};
use crate::tables::series;
use crate::validation;

/// Most series one question may look at.
const MAX_SERIES: usize = 10_000;

pub(super) async fn list(app: App, tenant: TenantId, _: List) -> Result<Vec<Metric>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    Ok(series::metrics(&mut transaction).await?)
}

pub(super) async fn query(app: App, tenant: TenantId, request: Query) -> Result<Answer, Failure> {
    let range = request.range;
    validation::check("range", &range)?;
    range::plan(&range, 1)?;
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let matched = match matchers(&range) {
        Some(labels) => matching(&mut transaction, &range.metric, &labels).await?,
        None => Vec::new(),
    };
    let series = match range.aggregate {
        Aggregate::None => raw(&mut transaction, &range, matched).await?,
        _ => aggregated(&mut transaction, &range, &matched).await?,
    };
    Ok(Answer {
        resolution: Resolution::Raw,
        series,
    })
}

async fn matching(
    connection: &mut PgConnection,
    metric: &str,
    labels: &Labels,
) -> Result<Vec<(i64, Labels)>, Failure> {
    let limit = i64::try_from(MAX_SERIES + 1).unwrap_or(i64::MAX);
    let matched = series::matching(connection, metric, labels, limit).await?;
    if matched.len() > MAX_SERIES {
        let reason = format!("more than {MAX_SERIES} series match: ask for fewer");
        return Err(Error::invalid("match", reason).into());
    }
    Ok(matched)
}

async fn raw(
    connection: &mut PgConnection,
    range: &Range,
    matched: Vec<(i64, Labels)>,
) -> Result<Vec<Series>, Failure> {
    let plan = range::plan(range, matched.len())?;
    let from = DateTime::<Utc>::from_timestamp_millis(range.from_ms).unwrap_or(plan.from);
    let (ids, labels): (Vec<i64>, Vec<Labels>) = matched.into_iter().unzip();
    let points = point::raw(connection, &ids, plan, from.max(plan.from)).await?;
    Ok(collect(&range.metric, labels, points))
}

async fn aggregated(
    connection: &mut PgConnection,
    range: &Range,
    matched: &[(i64, Labels)],
) -> Result<Vec<Series>, Failure> {
    let (groups, assigned) =
        range::group(matched.iter().map(|(_, labels)| labels), &range.group_by);
    let plan = range::plan(range, groups.len())?;
    let ids: Vec<i64> = matched.iter().map(|(id, _)| *id).collect();
    let members = Members {
        series: &ids,
        groups: &assigned,
    };
    let points = points(connection, range.aggregate, members, plan).await?;
    Ok(collect(&range.metric, groups, points))
}

async fn points(
    connection: &mut PgConnection,
    aggregate: Aggregate,
    members: Members<'_>,
    plan: Plan,
) -> Result<Vec<Point>, sqlx::Error> {
    let pick: fn(&Step) -> f64 = match aggregate {
        Aggregate::Rate => return point::rates(connection, members, plan).await,
        Aggregate::P50 => return point::quantiles(connection, members, plan, 0.5).await,
        Aggregate::P95 => return point::quantiles(connection, members, plan, 0.95).await,
        Aggregate::P99 => return point::quantiles(connection, members, plan, 0.99).await,
        Aggregate::None | Aggregate::Avg => |step| step.avg,
        Aggregate::Min => |step| step.min,
        Aggregate::Max => |step| step.max,
        Aggregate::Sum => |step| step.sum,
        Aggregate::Count => |step| count(step.count),
    };
    let steps = point::steps(connection, members, plan).await?;
    Ok(steps
        .iter()
        .map(|step| (step.group, step.at.timestamp_millis(), pick(step)))
        .collect())
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts beyond 2^52")]
fn count(count: i64) -> f64 {
    count as f64
}

/// Puts points to the series they belong to, by number. A series without points is left out.
fn collect(metric: &str, labels: Vec<Labels>, points: Vec<Point>) -> Vec<Series> {
    let mut by_series: BTreeMap<i32, Vec<(i64, f64)>> = BTreeMap::new();
    for (number, ts_ms, value) in points {
        by_series.entry(number).or_default().push((ts_ms, value));
    }
    let mut labels: Vec<Option<Labels>> = labels.into_iter().map(Some).collect();
    let series = by_series.into_iter().filter_map(|(number, points)| {
        Some(Series {
            metric: metric.to_owned(),
            labels: labels.get_mut(usize::try_from(number).ok()?)?.take()?,
            points,
        })
    });
    series.collect()
}

/// `None` when two of them contradict each other, so that no series can meet them.
fn matchers(range: &Range) -> Option<Labels> {
    let mut labels = Labels::new();
    for (name, value) in &range.matchers {
        let before = labels.insert(name.clone(), value.clone());
        if before.is_some_and(|before| before != *value) {
            return None;
        }
    }
    Some(labels)
}
