//! `uptime_strip`: the last ninety closed days of a monitor in one row, made by a trigger.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use contract::id::MonitorId;
use contract::monitor::{Day, Uptime};
use sqlx::PgConnection;
use tracing::Instrument;
use uuid::Uuid;

use crate::database::sql;

/// Closed days, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Strip {
    pub(crate) days: Vec<Day>,
    /// Some of them were generated.
    pub(crate) demo: bool,
}

pub(crate) async fn list(
    connection: &mut PgConnection,
    monitors: &[Uuid],
) -> Result<BTreeMap<MonitorId, Strip>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "select monitor_id, days, up_s, down_s, unknown_s, maintenance_s, demo from uptime_strip where monitor_id = any ($1)",
        monitors
    )
    .fetch_all(connection)
    .instrument(sql("select uptime_strip"))
    .await?;
    let strips = rows.into_iter();
    Ok(strips
        .map(|row| (MonitorId(row.monitor_id), row.into_strip()))
        .collect())
}

struct Row {
    monitor_id: Uuid,
    days: Vec<NaiveDate>,
    up_s: Vec<i32>,
    down_s: Vec<i32>,
    unknown_s: Vec<i32>,
    maintenance_s: Vec<i32>,
    demo: bool,
}

impl Row {
    fn into_strip(self) -> Strip {
        let seconds =
            |column: &[i32], at: usize| column.get(at).copied().unwrap_or_default().into();
        let days = self.days.iter().enumerate().map(|(at, date)| Day {
            date: *date,
            uptime: Uptime {
                up_s: seconds(&self.up_s, at),
                down_s: seconds(&self.down_s, at),
                unknown_s: seconds(&self.unknown_s, at),
                maintenance_s: seconds(&self.maintenance_s, at),
            },
        });
        Strip {
            days: days.collect(),
            demo: self.demo,
        }
    }
}
