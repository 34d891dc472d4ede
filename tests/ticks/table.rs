//! What is stored of a monitor's ticks, and what has to be.

use std::collections::BTreeSet;
use std::fmt;
use std::fmt::Write as _;

use contract::id::MonitorId;
use sqlx::PgPool;

pub(crate) struct Table {
    interval_s: u32,
    /// In Unix milliseconds.
    pub(crate) ticks: Vec<i64>,
    pub(crate) success: usize,
    pub(crate) failure: usize,
    pub(crate) missed: usize,
}

impl Table {
    pub(crate) async fn read(
        database: &PgPool,
        monitor: MonitorId,
        interval_s: u32,
    ) -> sqlx::Result<Self> {
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "select (extract(epoch from tick_at) * 1000)::bigint, outcome from probe_result
             where monitor_id = $1 order by tick_at",
        )
        .bind(monitor.0)
        .fetch_all(database)
        .await?;
        let count = |outcome: &str| rows.iter().filter(|(_, it)| it == outcome).count();
        Ok(Self {
            interval_s,
            success: count("success"),
            failure: count("failure"),
            missed: count("missed"),
            ticks: rows.iter().map(|(at, _)| *at).collect(),
        })
    }

    /// From the first result on: one for each instant of one phase, and none besides.
    pub(crate) fn is_whole_until(&self, end: i64) -> Result<(), String> {
        let (Some(first), Some(last)) = (self.ticks.first(), self.ticks.last()) else {
            return Err("no result yet".to_owned());
        };
        let stored: BTreeSet<i64> = self.ticks.iter().copied().collect();
        let step = usize::try_from(self.interval_s * 1_000).expect("small");
        let expected: BTreeSet<i64> = (*first..=*last).step_by(step).collect();
        let mut wrong = String::new();
        for hole in expected.difference(&stored) {
            write!(wrong, " {hole} is missing;").expect("memory");
        }
        for stray in stored.difference(&expected) {
            write!(wrong, " {stray} is beside the phase;").expect("memory");
        }
        if stored.len() != self.ticks.len() {
            wrong.push_str(" one is there twice;");
        }
        if *last < end {
            write!(wrong, " {last} is the last one, before {end}").expect("memory");
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(format!("{self}:{wrong}"))
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            interval_s,
            ticks,
            success,
            failure,
            missed,
        } = self;
        let stored = ticks.len();
        write!(
            f,
            "every {interval_s} s: {stored} stored = {success} success + {failure} failure + {missed} missed"
        )
    }
}
