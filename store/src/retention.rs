//! What is too old goes: by whole partitions after the time of the longest plan, by rows after that of a shorter one.
//!
//! Views hide at once what a tenant's plan no longer keeps (`migrations/0007_tiers.sql`); this only gives back the room.

use chrono::{DateTime, Months, TimeDelta, Utc};
use contract::audit::KEPT_DAYS;

use crate::closing;
use crate::database::{Database, Scope};
use crate::rolling_up::RAW as RAW_RESULTS;
use crate::tables::chunk::{self, Chunk, Table};
use crate::tables::tenant::{self, Longest};
use crate::tables::{
    audit_entry, block, hour, invitation, result_rollup, rollup, telemetry, telemetry_operation,
};

/// Longest wait for whoever uses a partition; meanwhile others wait behind.
const PATIENCE: TimeDelta = TimeDelta::seconds(1);
/// Blocks stay at least this long after the last closing of their hour: a backfill comes in many pieces.
const SETTLING: TimeDelta = TimeDelta::hours(24);
/// Empty hours of samples stay for as long as samples may come late without being a backfill.
const LATENESS: TimeDelta = TimeDelta::hours(25);
/// Invitations that expired are shown for this long.
const INVITATIONS: TimeDelta = TimeDelta::days(30);

/// Operations that nobody was seen doing are forgotten after this.
const UNSEEN: TimeDelta = TimeDelta::hours(24);

/// Forgets what is too old.
pub(crate) async fn enforce(database: &Database, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let mut transaction = database.begin(Scope::Keeper).await?;
    let longest = tenant::longest_plan(&mut transaction).await?;
    let expired = expired(&mut transaction, longest, now).await?;
    transaction.commit().await?;
    for chunk in expired {
        match drop_chunk(database, chunk).await {
            Err(error) if closing::is_busy(&error) => {
                tracing::debug!(?chunk, "the partition is in use; dropping it later");
            }
            outcome => outcome?,
        }
    }
    let mut transaction = database.begin(Scope::Keeper).await?;
    block::delete_expired(&mut transaction, now, now - SETTLING).await?;
    rollup::delete_expired(&mut transaction, now).await?;
    telemetry::delete_expired(&mut transaction, now).await?;
    telemetry_operation::forget_before(&mut transaction, now - UNSEEN).await?;
    hour::forget(&mut transaction, before_raw(longest, now), now - SETTLING).await?;
    audit_entry::delete_before(&mut transaction, now - TimeDelta::days(KEPT_DAYS)).await?;
    invitation::delete_expired(&mut transaction, now - INVITATIONS).await?;
    transaction.commit().await
}

/// The partitions that end before the longest plan begins.
async fn expired(
    connection: &mut sqlx::PgConnection,
    longest: Longest,
    now: DateTime<Utc>,
) -> Result<Vec<Chunk>, sqlx::Error> {
    let months = Months::new(longest.hour_months);
    let rolled_up_until = result_rollup::closed_until(connection).await?;
    let limits = [
        (Table::Sample, now - LATENESS),
        (Table::SampleBlock, before_raw(longest, now)),
        (
            Table::RollupMinute,
            now - TimeDelta::days(longest.minute_days.into()),
        ),
        (
            Table::RollupHour,
            now.checked_sub_months(months).unwrap_or(now),
        ),
        (
            Table::ResultMinute,
            now - TimeDelta::days(longest.minute_days.into()),
        ),
        (
            Table::ResultHour,
            now.checked_sub_months(months).unwrap_or(now),
        ),
        (
            Table::Telemetry,
            now - TimeDelta::hours(longest.telemetry_hours.into()),
        ),
        // What is not rolled up is nowhere else.
        (Table::ProbeResult, (now - RAW_RESULTS).min(rolled_up_until)),
    ];
    let mut expired = Vec::new();
    for (table, limit) in limits {
        for chunk in chunk::list(connection, table, limit).await? {
            if chunk.end_at() <= limit && is_settled(connection, chunk, now).await? {
                expired.push(chunk);
            }
        }
    }
    Ok(expired)
}

/// Whether the hours of a partition of blocks were left alone for long enough.
async fn is_settled(
    connection: &mut sqlx::PgConnection,
    chunk: Chunk,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    if chunk.table != Table::SampleBlock {
        return Ok(true);
    }
    let closed_at = hour::last_closed(connection, chunk.begin_at, chunk.end_at()).await?;
    Ok(closed_at.is_none_or(|closed_at| closed_at <= now - SETTLING))
}

async fn drop_chunk(database: &Database, chunk: Chunk) -> Result<(), sqlx::Error> {
    let mut transaction = database.begin(Scope::Keeper).await?;
    hour::limit_waiting(&mut transaction, PATIENCE).await?;
    chunk::drop(&mut transaction, chunk).await?;
    transaction.commit().await
}

fn before_raw(longest: Longest, now: DateTime<Utc>) -> DateTime<Utc> {
    now - TimeDelta::hours(longest.raw_hours.into())
}
