//! Some series of an hour: what is stored of them is read, rows are taken in, what changed is stored.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::hour::Rows;
use crate::rules::rollup::{self, DAY_MS, begin_of};
use crate::rules::{block, close::Kept};
use crate::tables::block as sample_block;
use crate::tables::rollup::{self as rollups, Packed};

/// What is to be stored, packed.
#[derive(Debug, Default)]
struct Closed {
    blocks: Vec<(i64, i32, Vec<u8>)>,
    minutes: Vec<Packed>,
    hours: Vec<Packed>,
}

pub(super) async fn close(
    connection: &mut PgConnection,
    hour: DateTime<Utc>,
    rows: Rows,
) -> Result<(), sqlx::Error> {
    let hour_ms = hour.timestamp_millis();
    let day_ms = begin_of(hour_ms, DAY_MS);
    let day = DateTime::from_timestamp_millis(day_ms).unwrap_or(hour);
    let series: Vec<i64> = rows.iter().map(|(series, _)| *series).collect();
    let mut blocks = sample_block::of_hour(connection, &series, hour).await?;
    let mut minutes = rollups::minutes(connection, &series, hour).await?;
    let mut hours = rollups::hours(connection, &series, day).await?;
    let work = move || {
        let mut closed = Closed::default();
        for (series, points) in rows {
            let mut kept = Kept {
                block: blocks.remove(&series),
                minutes: minutes.remove(&series),
                hours: hours.remove(&series).unwrap_or_default(),
            };
            if kept.take_in(hour_ms, &points) {
                closed.pack(series, hour_ms, day_ms, kept);
            }
        }
        closed
    };
    // Compressing is a matter of seconds for many series: not on a thread that serves others.
    let closed = tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| sqlx::Error::Io(std::io::Error::other(error)))?;
    sample_block::upsert(connection, hour, closed.blocks).await?;
    rollups::upsert_minutes(connection, hour, closed.minutes).await?;
    rollups::upsert_hours(connection, day, closed.hours).await
}

impl Closed {
    fn pack(&mut self, series: i64, hour_ms: i64, day_ms: i64, kept: Kept) {
        if let Some(points) = kept.block {
            let count = i32::try_from(points.len()).unwrap_or(i32::MAX);
            self.blocks
                .push((series, count, block::encode(hour_ms, &points)));
            let (buckets, sketches) = rollup::encode(day_ms, kept.hours);
            self.hours.push((series, buckets, sketches));
        }
        if let Some(minutes) = kept.minutes {
            let (buckets, sketches) = rollup::encode(hour_ms, minutes);
            self.minutes.push((series, buckets, sketches));
        }
    }
}
