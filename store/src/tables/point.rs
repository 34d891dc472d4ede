//! `tenant_sample`: reading the samples of the scope's tenant, raw or in steps.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use sqlx::postgres::types::PgInterval;
use tracing::Instrument;

use crate::database::sql;
use crate::rules::range::Plan;

/// How far before a range the rate of its first step looks back for a value to compare with, at least.
const LOOK_BACK: TimeDelta = TimeDelta::minutes(5);

/// Series and the group each belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Members<'a> {
    pub(crate) series: &'a [i64],
    pub(crate) groups: &'a [i32],
}

/// A value of a group (or, for raw points, of a series by its position) at an instant in Unix milliseconds.
pub(crate) type Point = (i32, i64, f64);

/// Everything cheap that can be said of the values of a step.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) group: i32,
    pub(crate) at: DateTime<Utc>,
    pub(crate) avg: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    pub(crate) sum: f64,
    pub(crate) count: i64,
}

/// The newest stored points of each series, oldest first.
pub(crate) async fn raw(
    connection: &mut PgConnection,
    series: &[i64],
    plan: Plan,
    from: DateTime<Utc>,
) -> Result<Vec<Point>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select (wanted.position - 1)::int as "position!", point.ts as "ts!", point.value as "value!"
        from unnest($1::bigint[]) with ordinality as wanted (id, position)
        cross join lateral (
            select ts, value from tenant_sample
            where series_id = wanted.id and ts >= $2 and ts < $3 order by ts desc limit $4
        ) point
        order by wanted.position, point.ts"#,
        series,
        from,
        plan.to,
        plan.points
    )
    .fetch_all(connection)
    .instrument(sql("select sample"))
    .await?;
    let points = rows
        .into_iter()
        .map(|row| (row.position, row.ts.timestamp_millis(), row.value));
    Ok(points.collect())
}

pub(crate) async fn steps(
    connection: &mut PgConnection,
    members: Members<'_>,
    plan: Plan,
) -> Result<Vec<Step>, sqlx::Error> {
    sqlx::query_as!(
        Step,
        r#"select member.number as "group!", date_bin($5, ts, 'epoch') as "at!", avg(value) as "avg!",
            min(value) as "min!", max(value) as "max!", sum(value) as "sum!", count(*) as "count!"
        from tenant_sample join unnest($1::bigint[], $2::int[]) as member (id, number) on member.id = series_id
        where series_id = any ($1) and ts >= $3 and ts < $4
        group by 1, 2 order by 1, 2"#,
        members.series,
        members.groups,
        plan.from,
        plan.to,
        interval(plan.step)
    )
    .fetch_all(connection)
    .instrument(sql("select sample"))
    .await
}

/// The value below which `quantile` of the values of a step lie.
pub(crate) async fn quantiles(
    connection: &mut PgConnection,
    members: Members<'_>,
    plan: Plan,
    quantile: f64,
) -> Result<Vec<Point>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select member.number as "group!", date_bin($5, ts, 'epoch') as "at!",
            percentile_cont($6::double precision) within group (order by value) as "value!"
        from tenant_sample join unnest($1::bigint[], $2::int[]) as member (id, number) on member.id = series_id
        where series_id = any ($1) and ts >= $3 and ts < $4
        group by 1, 2 order by 1, 2"#,
        members.series,
        members.groups,
        plan.from,
        plan.to,
        interval(plan.step),
        quantile
    )
    .fetch_all(connection)
    .instrument(sql("select sample"))
    .await?;
    let points = rows
        .into_iter()
        .map(|row| (row.group, row.at.timestamp_millis(), row.value));
    Ok(points.collect())
}

/// Growth per second: of each series over the time between its values, then summed over the group. A value that is smaller
/// than the one before is a counter that started again at zero.
pub(crate) async fn rates(
    connection: &mut PgConnection,
    members: Members<'_>,
    plan: Plan,
) -> Result<Vec<Point>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"with pair as (
            select series_id, ts, value, lag(value) over by_time as before,
                extract(epoch from ts - lag(ts) over by_time)::double precision as gap_s
            from tenant_sample
            where series_id = any ($1) and ts >= $6 and ts < $4
            window by_time as (partition by series_id order by ts)
        ), growth as (
            select series_id, date_bin($5, ts, 'epoch') as at,
                sum(case when value < before then value else value - before end) / sum(gap_s) as per_s
            from pair where before is not null and ts >= $3
            group by 1, 2
        )
        select member.number as "group!", at as "at!", sum(per_s) as "value!"
        from growth join unnest($1::bigint[], $2::int[]) as member (id, number) on member.id = series_id
        group by 1, 2 order by 1, 2"#,
        members.series,
        members.groups,
        plan.from,
        plan.to,
        interval(plan.step),
        plan.from - plan.step.max(LOOK_BACK)
    )
    .fetch_all(connection)
    .instrument(sql("select sample"))
    .await?;
    let points = rows
        .into_iter()
        .map(|row| (row.group, row.at.timestamp_millis(), row.value));
    Ok(points.collect())
}

fn interval(step: TimeDelta) -> PgInterval {
    PgInterval {
        months: 0,
        days: 0,
        microseconds: step.num_microseconds().unwrap_or(i64::MAX),
    }
}
