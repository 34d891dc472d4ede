//! Reading what is known of checks: roll-ups, and one by one what is not rolled up yet.

use std::collections::BTreeMap;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::rolling_up::RAW;
use crate::rules::results::{Tallies, decode, merge, tallies};
use crate::rules::rollup::{HOUR_MS, MINUTE_MS, begin_of};
use crate::tables::probe_result::checks::{self, Span};
use crate::tables::result_rollup::{self, Row};

/// The buckets a question is answered from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    Minute,
    Hour,
}

/// What of which checks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) monitors: &'a [Uuid],
    pub(crate) region: Option<&'a str>,
    /// Buckets that begin in between; the second is excluded.
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
    pub(crate) width: Width,
    /// How long all of a check took, beside how it ended.
    pub(crate) total: bool,
    /// How long its other phases took.
    pub(crate) phases: bool,
}

/// By monitor and region.
pub(crate) type Known = BTreeMap<(Uuid, String), Tallies>;

impl Width {
    pub(crate) fn ms(self) -> i64 {
        match self {
            Self::Minute => MINUTE_MS,
            Self::Hour => HOUR_MS,
        }
    }
}

/// Everything, to the second.
pub(crate) async fn read(
    connection: &mut PgConnection,
    wanted: Wanted<'_>,
    now: DateTime<Utc>,
) -> Result<Known, sqlx::Error> {
    let (closed_until, mut open) = result_rollup::open(connection, wanted.monitors).await?;
    open.retain(|(_, hour)| {
        let is_asked = *hour + TimeDelta::hours(1) > wanted.from && *hour < wanted.to;
        // What is no longer kept one by one is final.
        is_asked && *hour >= now - RAW
    });
    let mut known = rolled_up(connection, wanted).await?;
    for ((monitor, _), tallies) in &mut known {
        tallies.retain(|begin_ms, _| {
            let hour = instant(begin_of(*begin_ms, HOUR_MS));
            hour < closed_until && !open.contains(&(*monitor, hour))
        });
    }
    let hours = open.into_iter().map(|(monitor, hour)| Span {
        monitor,
        from: hour.max(wanted.from),
        to: (hour + TimeDelta::hours(1)).min(wanted.to),
    });
    let newest = wanted.monitors.iter().map(|monitor| Span {
        monitor: *monitor,
        from: closed_until.max(wanted.from),
        to: wanted.to,
    });
    let spans: Vec<Span> = hours
        .chain(newest)
        .filter(|span| span.from < span.to)
        .collect();
    for (key, checks) in checks::of_tenant(connection, &spans, wanted.region).await? {
        let fresh = tallies(&checks, wanted.width.ms());
        merge(known.entry(key).or_default(), &fresh, wanted.width.ms());
    }
    Ok(known)
}

/// Only what is rolled up already: complete until some minutes after the last whole hour.
pub(crate) async fn rolled_up(
    connection: &mut PgConnection,
    wanted: Wanted<'_>,
) -> Result<Known, sqlx::Error> {
    let row = match wanted.width {
        Width::Minute => TimeDelta::hours(1),
        Width::Hour => TimeDelta::days(1),
    };
    let rows = result_rollup::Wanted {
        monitors: wanted.monitors,
        region: wanted.region,
        from: wanted.from.duration_trunc(row).unwrap_or(wanted.from),
        to: wanted.to,
        total: wanted.total,
        phases: wanted.phases,
    };
    let rows = match wanted.width {
        Width::Minute => result_rollup::minutes(connection, rows).await?,
        Width::Hour => result_rollup::hours(connection, rows).await?,
    };
    let mut known = Known::new();
    let asked = wanted.from.timestamp_millis()..wanted.to.timestamp_millis();
    for Row {
        monitor,
        region,
        begin_at,
        packed,
    } in rows
    {
        let buckets = decode(begin_at.timestamp_millis(), wanted.width.ms(), &packed)?;
        let buckets = buckets
            .into_iter()
            .filter(|(begin_ms, _)| asked.contains(begin_ms));
        known.entry((monitor, region)).or_default().extend(buckets);
    }
    Ok(known)
}

fn instant(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}
