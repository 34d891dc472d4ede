//! Monitors as people see them: what is stored, and what follows from it at this moment.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use contract::id::MonitorId;
use contract::monitor::{Day, Overview, Spec, State, Status, Uptime};
use contract::probe::Outcome;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::rules::uptime::{Timeline, begin_of};
use crate::rules::votes;
pub(crate) use crate::tables::overview::Which;
use crate::tables::overview::{self, Stored};
use crate::tables::probe_result::{self, Recent};

/// Recent checks of a monitor: as many as a small chart has room for.
const RECENT: i64 = 40;
const LONGEST_WINDOW: TimeDelta = TimeDelta::days(7);
/// Days of the longer uptime of a list, today included.
const LIST_DAYS: u64 = 30;

/// A monitor with all that is needed to show it.
#[derive(Debug)]
pub(crate) struct Presented {
    stored: Stored,
    recent: Recent,
    timeline: Timeline,
    now: DateTime<Utc>,
}

/// Monitors of the scope's tenant, in the order of group and name. Two statements, however many there are.
pub(crate) async fn monitors(
    connection: &mut PgConnection,
    which: Which<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<Presented>, sqlx::Error> {
    present(connection, which, window, now).await
}

/// The same for a page: the named ones, or all that are public. Of checks only the last words of each region.
pub(crate) async fn components(
    connection: &mut PgConnection,
    ids: Option<&[Uuid]>,
    now: DateTime<Utc>,
) -> Result<Vec<Presented>, sqlx::Error> {
    let which = Which {
        ids,
        public_only: ids.is_none(),
        ..Which::default()
    };
    present(connection, which, last_words, now).await
}

/// One monitor.
pub(crate) async fn monitor(
    connection: &mut PgConnection,
    id: MonitorId,
    now: DateTime<Utc>,
) -> Result<Option<Presented>, sqlx::Error> {
    let ids = [id.0];
    let which = Which {
        ids: Some(&ids),
        ..Which::default()
    };
    Ok(monitors(connection, which, now).await?.into_iter().next())
}

async fn present(
    connection: &mut PgConnection,
    which: Which<'_>,
    age: fn(&Spec) -> TimeDelta,
    now: DateTime<Utc>,
) -> Result<Vec<Presented>, sqlx::Error> {
    let yesterday = begin_of(now.date_naive() - Days::new(1));
    let all = overview::list(connection, which, yesterday).await?;
    let (ids, since): (Vec<Uuid>, Vec<_>) = all
        .iter()
        .map(|stored| (stored.monitor.id.0, now - age(&stored.monitor.spec)))
        .unzip();
    let mut recent = probe_result::recent(connection, &ids, &since, RECENT).await?;
    let presented = all.into_iter().map(|stored| Presented {
        recent: recent.remove(&stored.monitor.id).unwrap_or_default(),
        timeline: Timeline::new(stored.created_at, stored.changes.iter().copied()),
        stored,
        now,
    });
    Ok(presented.collect())
}

/// A region's word counts for two intervals.
fn last_words(spec: &Spec) -> TimeDelta {
    let interval = TimeDelta::seconds(spec.check.interval_s.into());
    (interval * 2 + TimeDelta::seconds(10)).min(LONGEST_WINDOW)
}

/// How long ago the oldest recent check of a monitor can be: Postgres sorts all within it.
fn window(spec: &Spec) -> TimeDelta {
    let checks = i32::try_from(RECENT).unwrap_or(i32::MAX) + 2;
    let window = TimeDelta::seconds(spec.check.interval_s.into()) * checks;
    window.min(LONGEST_WINDOW)
}

impl Presented {
    pub(crate) fn id(&self) -> MonitorId {
        self.stored.monitor.id
    }

    pub(crate) fn created_at(&self) -> DateTime<Utc> {
        self.stored.created_at
    }

    /// When the newest check was.
    pub(crate) fn looked_at(&self) -> Option<DateTime<Utc>> {
        self.recent.looks.first().map(|look| look.tick_at)
    }

    pub(crate) fn is_demo(&self) -> bool {
        self.stored.demo
    }

    pub(crate) fn into_overview(mut self) -> Overview {
        let looks = std::mem::take(&mut self.recent.looks);
        let spec = &self.stored.monitor.spec;
        let votes = votes::votes(&looks, spec.check.degraded_ms);
        let status = self.status();
        let measured = looks
            .iter()
            .rev()
            .filter(|look| matches!(look.outcome, Outcome::Success | Outcome::Failure));
        Overview {
            status: Status {
                advisory: votes::advisory(status.state, &votes, spec, self.now),
                votes,
                ..status
            },
            uptime_24h: self.uptime_24h(self.now),
            uptime_30d: self.days(LIST_DAYS).map(|day| day.uptime).sum(),
            recent: measured
                .filter_map(|look| Some((look.tick_at.timestamp_millis(), look.total_time_ms?)))
                .collect(),
            certificate_expires_at: self.recent.certificate_expires_at,
            demo: self.stored.demo,
            monitor: self.stored.monitor,
        }
    }

    /// The last 24 hours, to the second.
    pub(crate) fn uptime_24h(&self, now: DateTime<Utc>) -> Uptime {
        self.uptime_since(TimeDelta::hours(24), now)
    }

    /// The last hours, up to 24, to the second.
    pub(crate) fn uptime_since(&self, length: TimeDelta, now: DateTime<Utc>) -> Uptime {
        self.timeline.between(now - length, now)
    }

    /// The last days that are known of, each for itself, oldest first: up to `count`, today included.
    pub(crate) fn days(&self, count: u64) -> impl Iterator<Item = Day> {
        let first = self.now.date_naive() - Days::new(count - 1);
        let closed = self.stored.closed.iter().cloned();
        let days = closed.chain(self.open_day_list(self.now));
        days.filter(move |day| day.date >= first)
    }

    /// All days that are not frozen yet, together.
    pub(crate) fn open_days(&self, now: DateTime<Utc>) -> Uptime {
        self.open_day_list(now).iter().map(|day| day.uptime).sum()
    }

    /// The days that are not frozen yet: today, and yesterday for some minutes after midnight.
    fn open_day_list(&self, now: DateTime<Utc>) -> Vec<Day> {
        let today = now.date_naive();
        self.timeline.days(self.first_open_day(today), today, now)
    }

    fn first_open_day(&self, today: NaiveDate) -> NaiveDate {
        let yesterday = today - Days::new(1);
        let last_closed = self.stored.closed.last();
        let after_closed = last_closed.map(|closed| closed.date + Days::new(1));
        after_closed.map_or(yesterday, |day| day.max(yesterday))
    }

    /// Without what the regions said. A monitor's description says at once that it is paused; its first check may take a while.
    fn status(&self) -> Status {
        if self.stored.monitor.spec.paused {
            return Status::plain(State::Paused, self.stored.updated_at, "paused");
        }
        let known = self.stored.status.clone();
        known.unwrap_or_else(|| {
            Status::plain(State::Unknown, self.stored.created_at, "not checked yet")
        })
    }
}
