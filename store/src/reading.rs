//! Reading the samples of series from the tier that was chosen, together with what is not in it yet.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use contract::query::Resolution;
use contract::rpc::Error;
use sqlx::PgConnection;

use crate::failure::Failure;
use crate::rules::aggregate::Point;
use crate::rules::merge::Stored;
use crate::rules::rollup::{HOUR_MS, begin_of};
use crate::tables::point::{self, Pieces, Wanted};

/// Most samples one question may read, hot ones and those of blocks each.
const MAX_SAMPLES: usize = 1_000_000;

/// All that is known of each series in this resolution, by its id. Sketches are only read where they are wanted.
pub(crate) async fn series(
    connection: &mut PgConnection,
    resolution: Resolution,
    wanted: Wanted<'_>,
    sketches: bool,
) -> Result<BTreeMap<i64, Stored>, Failure> {
    let mut all: BTreeMap<i64, Stored> = BTreeMap::new();
    // First: see `tables::point`.
    let rows = rows(connection, wanted).await?;
    for (series, point) in rows {
        all.entry(series).or_default().rows.push(point);
    }
    let buckets = match resolution {
        Resolution::Raw => {
            read_blocks(connection, wanted, &mut all).await?;
            return Ok(all);
        }
        Resolution::Minute => point::minutes(connection, wanted, sketches).await?,
        Resolution::Hour => point::hours(connection, wanted, sketches).await?,
    };
    for (series, buckets) in buckets {
        all.entry(series).or_default().buckets.extend(buckets);
    }
    read_reopened(connection, wanted, &mut all).await?;
    let (from_ms, to_ms) = (wanted.from.timestamp_millis(), wanted.to.timestamp_millis());
    for stored in all.values_mut() {
        // A day's row has hours that were not asked for.
        stored.buckets.retain(|bucket| {
            let at_ms = bucket.aggregate.first.at_ms;
            (from_ms..to_ms).contains(&at_ms)
        });
    }
    Ok(all)
}

async fn rows(connection: &mut PgConnection, wanted: Wanted<'_>) -> Result<Pieces<Point>, Failure> {
    let limit = i64::try_from(MAX_SAMPLES + 1).unwrap_or(i64::MAX);
    let rows = point::rows(connection, wanted, limit).await?;
    if rows.len() > MAX_SAMPLES {
        return Err(too_many());
    }
    Ok(rows)
}

async fn read_blocks(
    connection: &mut PgConnection,
    wanted: Wanted<'_>,
    into: &mut BTreeMap<i64, Stored>,
) -> Result<(), Failure> {
    let blocks = point::blocks(connection, wanted).await?;
    let samples: usize = blocks.iter().map(|(_, block)| block.samples).sum();
    if samples > MAX_SAMPLES {
        return Err(too_many());
    }
    let range = wanted.from.timestamp_millis()..wanted.to.timestamp_millis();
    for (series, block) in blocks {
        let points = block.points()?.into_iter();
        let asked = points.filter(|point| range.contains(&point.at_ms));
        into.entry(series).or_default().points.extend(asked);
    }
    Ok(())
}

/// Late samples opened hours again that are rolled up already: what they touch is computed anew, for which their blocks are
/// needed, whole.
async fn read_reopened(
    connection: &mut PgConnection,
    wanted: Wanted<'_>,
    all: &mut BTreeMap<i64, Stored>,
) -> Result<(), Failure> {
    let mut hours = BTreeSet::new();
    let mut series = Vec::new();
    for (id, stored) in all.iter() {
        let hour = |at_ms| begin_of(at_ms, HOUR_MS);
        let rolled_up: BTreeSet<i64> = stored
            .buckets
            .iter()
            .map(|bucket| hour(bucket.aggregate.first.at_ms))
            .collect();
        let reopened: BTreeSet<i64> = stored
            .rows
            .iter()
            .map(|point| hour(point.at_ms))
            .filter(|hour| rolled_up.contains(hour))
            .collect();
        if !reopened.is_empty() {
            series.push(*id);
            hours.extend(reopened);
        }
    }
    let (Some(first), Some(last)) = (hours.first(), hours.last()) else {
        return Ok(());
    };
    let whole = Wanted {
        series: &series,
        from: instant(*first).max(wanted.from),
        to: instant(last + HOUR_MS).min(wanted.to),
    };
    read_blocks(connection, whole, all).await
}

fn instant(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

fn too_many() -> Failure {
    let reason = format!(
        "more than {MAX_SAMPLES} samples would have to be read: match fewer series, or ask for a shorter range or longer steps"
    );
    Error::invalid("match", reason).into()
}
