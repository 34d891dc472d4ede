//! Questions about samples.

mod catalogue;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::id::TenantId;
use contract::metric::Labels;
use contract::query::{self, Aggregate, Answer, Latest, Query, Range, Resolution, Series};
use contract::rpc::Error;
use sqlx::PgConnection;

use super::App;
use crate::database::Scope;
use crate::failure::Failure;
use crate::reading;
use crate::rules::answer::{self, Points};
use crate::rules::matcher::Matchers;
use crate::rules::merge::{self, Stored};
use crate::rules::range;
use crate::rules::tier::{self, Choice};
use crate::tables::point::Wanted;
use crate::tables::{series, tenant};
use crate::validation;

pub(super) use catalogue::{label_values, list};

/// Most series one question may look at.
const MAX_SERIES: usize = 10_000;

pub(super) async fn query(app: App, tenant: TenantId, request: Query) -> Result<Answer, Failure> {
    let range = request.range;
    validation::check("range", &range)?;
    range::plan(&range, 1)?;
    let matchers = Matchers::new(&range.matchers)?;
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let matched = matching(&mut transaction, &range.metric, &matchers).await?;
    let now = service::now();
    match range.aggregate {
        Aggregate::None => stored(&mut transaction, &range, matched, now).await,
        _ => aggregated(&mut transaction, &range, &matched, now).await,
    }
}

/// The newest value of each series that is not older than [`query::LOOK_BACK_MS`].
pub(super) async fn latest(
    app: App,
    tenant: TenantId,
    request: Latest,
) -> Result<Vec<Series>, Failure> {
    let now = service::now();
    let at_ms = request.at_ms.unwrap_or(now.timestamp_millis());
    let range = Range {
        metric: request.metric,
        matchers: request.matchers,
        aggregate: Aggregate::None,
        group_by: Vec::new(),
        from_ms: at_ms.saturating_sub(query::LOOK_BACK_MS),
        to_ms: at_ms.saturating_add(1),
        step_ms: None,
        max_points: Some(1),
    };
    let found = query(app, tenant, Query { range }).await?;
    Ok(found.series)
}

pub(super) async fn matching(
    connection: &mut PgConnection,
    metric: &str,
    matchers: &Matchers,
) -> Result<Vec<(i64, Labels)>, Failure> {
    let limit = i64::try_from(MAX_SERIES + 1).unwrap_or(i64::MAX);
    let mut matched = series::matching(connection, metric, &matchers.required, limit).await?;
    if matched.len() > MAX_SERIES {
        let reason = format!(
            "more than {MAX_SERIES} series would have to be looked at: say more about them with `=`"
        );
        return Err(Error::invalid("match", reason).into());
    }
    matched.retain(|(_, labels)| matchers.accept(labels));
    matched.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(matched)
}

async fn stored(
    connection: &mut PgConnection,
    range: &Range,
    matched: Vec<(i64, Labels)>,
    now: DateTime<Utc>,
) -> Result<Answer, Failure> {
    let kept = tenant::kept(connection).await?;
    let choice = tier::choose(range, matched.len(), matched.len(), kept, now)?;
    let most = usize::try_from(choice.plan.points).unwrap_or_default();
    let mut read = read(connection, choice, &matched, false).await?;
    let series = matched.into_iter().filter_map(|(id, labels)| {
        let points = read.remove(&id)?.into_points();
        let newest = &points[points.len().saturating_sub(most)..];
        let points = newest.iter().map(|point| (point.at_ms, point.value));
        Some((labels, points.collect()))
    });
    Ok(told(range, choice.resolution, series))
}

async fn aggregated(
    connection: &mut PgConnection,
    range: &Range,
    matched: &[(i64, Labels)],
    now: DateTime<Utc>,
) -> Result<Answer, Failure> {
    let (groups, assigned) =
        range::group(matched.iter().map(|(_, labels)| labels), &range.group_by);
    let kept = tenant::kept(connection).await?;
    let choice = tier::choose(range, matched.len(), groups.len(), kept, now)?;
    let sketches = answer::quantile(range.aggregate).is_some();
    let mut read = read(connection, choice, matched, sketches).await?;
    let step_ms = choice.plan.step.num_milliseconds();
    let width_ms = match choice.resolution {
        // Nothing is to be gained from anything finer than a step.
        Resolution::Raw => step_ms,
        Resolution::Minute | Resolution::Hour => tier::width_ms(choice.resolution),
    };
    let from_ms = choice.plan.from.timestamp_millis();
    let mut answer = answer::Answer::new(range.aggregate, groups.len(), from_ms);
    for ((id, _), group) in matched.iter().zip(assigned) {
        if let Some(stored) = read.remove(id) {
            let buckets = stored.into_buckets(width_ms, sketches);
            answer.add(group, merge::steps(buckets, step_ms));
        }
    }
    let series = groups.into_iter().zip(answer.points());
    Ok(told(range, choice.resolution, series))
}

async fn read(
    connection: &mut PgConnection,
    choice: Choice,
    matched: &[(i64, Labels)],
    sketches: bool,
) -> Result<BTreeMap<i64, Stored>, Failure> {
    let ids: Vec<i64> = matched.iter().map(|(id, _)| *id).collect();
    let wanted = Wanted {
        series: &ids,
        from: choice.read_from,
        to: choice.plan.to,
    };
    reading::series(connection, choice.resolution, wanted, sketches).await
}

/// A series without points is left out.
fn told(
    range: &Range,
    resolution: Resolution,
    series: impl Iterator<Item = (Labels, Points)>,
) -> Answer {
    let known = series.filter(|(_, points)| !points.is_empty());
    let series = known.map(|(labels, points)| Series {
        metric: range.metric.clone(),
        labels,
        points,
    });
    Answer {
        resolution,
        series: series.collect(),
    }
}
