//! One component in numbers, for badges.

use chrono::{DateTime, Days, TimeDelta, Utc};
use contract::monitor::Uptime;
use contract::page::{Measure, Measured, Span, key_of};
use contract::probe::Phase;
use contract::rpc::Caller;
use uuid::Uuid;

use super::visits::Door;
use super::{App, unknown, view};
use crate::checks::{self, Width};
use crate::failure::Failure;
use crate::presenting::{self, Presented};
use crate::rules::results::{Tallies, merge, sum};
use crate::tables::uptime_day;

pub(in crate::api) async fn measure(app: App, request: Measure) -> Result<Measured, Failure> {
    let mut door = Door::of(&app, &request.at, &Caller::Visitor).await?;
    if !door.is_listed() {
        return Err(unknown().into());
    }
    let now = service::now();
    let key = request.component.to_lowercase();
    let found = view::keys(&mut door).await?;
    let found = found
        .into_iter()
        .find(|(group, name, _)| key_of(group.as_deref(), name) == key);
    let (_, name, id) = found.ok_or_else(unknown)?;
    let presented = presenting::monitor(&mut door.transaction, id, now).await?;
    let presented = presented.ok_or_else(unknown)?;
    let uptime = uptime(&mut door, &presented, request.span, now).await?;
    let times = if request.times {
        times(&mut door, id.0, request.span, now).await?
    } else {
        Tallies::new()
    };
    let points = times.iter().filter_map(|(begin_ms, tally)| {
        Some((*begin_ms, tally.quantiles_ms(Phase::TotalTime)?.p50))
    });
    let all = sum(times.values()).quantiles_ms(Phase::TotalTime);
    Ok(Measured {
        name,
        state: presented.into_overview().status.state,
        uptime,
        response_ms: all.map(|quantiles| quantiles.p50),
        points: points.collect(),
    })
}

async fn uptime(
    door: &mut Door,
    presented: &Presented,
    span: Span,
    now: DateTime<Utc>,
) -> Result<Uptime, sqlx::Error> {
    if let Span::Hour | Span::Day = span {
        return Ok(presented.uptime_since(TimeDelta::hours(span.hours()), now));
    }
    let days = u64::try_from(span.hours() / 24).unwrap_or(1);
    let first = now.date_naive() - Days::new(days - 1);
    let sums = uptime_day::sums(&mut door.transaction, presented.id(), &[first]).await?;
    Ok(sums.into_iter().sum::<Uptime>() + presented.open_days(now))
}

/// How long checks took: by the minute in an hour, by the hour else.
async fn times(
    door: &mut Door,
    monitor: Uuid,
    span: Span,
    now: DateTime<Utc>,
) -> Result<Tallies, sqlx::Error> {
    let width = if span == Span::Hour {
        Width::Minute
    } else {
        Width::Hour
    };
    let wanted = checks::Wanted {
        monitors: &[monitor],
        region: None,
        from: now - TimeDelta::hours(span.hours()),
        to: now,
        width,
        total: true,
        phases: false,
    };
    let mut together = Tallies::new();
    for tallies in checks::read(&mut door.transaction, wanted, now)
        .await?
        .values()
    {
        merge(&mut together, tallies, width.ms());
    }
    Ok(together)
}
