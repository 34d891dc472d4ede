//! Since when a state holds. Deciding takes several results, so the decision is later than the fact: changes are dated back.

use chrono::{DateTime, Utc};
use contract::monitor::{Check, State};

use super::Memory;
use crate::rules::region::{Verdict, freshness};
use crate::rules::words::Voter;

/// The first failing check of the outbreak that made a majority. A region that had been failing alone for long is not part of it.
pub(super) fn outbreak(failing: &[Voter<'_>], majority: usize, check: &Check) -> DateTime<Utc> {
    let mut starts: Vec<_> = failing
        .iter()
        .map(|(_, track)| track.verdict_since)
        .collect();
    starts.sort_unstable();
    let complete_at = starts[majority - 1];
    let together = |start: &&DateTime<Utc>| complete_at - **start <= freshness(check);
    starts.iter().find(together).copied().unwrap_or(complete_at)
}

/// The first sign of trouble, or, coming from `down`, the moment the majority ended.
pub(super) fn worsening(
    memory: &Memory,
    failing: &[Voter<'_>],
    slow: &[Voter<'_>],
    fresh: &[Voter<'_>],
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    if memory.state == State::Down {
        return recovery(memory, fresh, now);
    }
    failing
        .iter()
        .chain(slow)
        .map(|(_, track)| track.verdict_since)
        .filter(|since| *since >= memory.since)
        .min()
        .unwrap_or(now)
}

/// The first good check of the region whose recovery turned the vote; `now` if silence did.
pub(super) fn recovery(memory: &Memory, fresh: &[Voter<'_>], now: DateTime<Utc>) -> DateTime<Utc> {
    fresh
        .iter()
        .filter(|(_, track)| matches!(track.verdict, Some(Verdict::Passing | Verdict::Slow)))
        .map(|(_, track)| track.verdict_since)
        .filter(|since| *since >= memory.since)
        .max()
        .unwrap_or(now)
}

/// When the last result ceased to count.
pub(super) fn silence(
    last_tick_at: Option<DateTime<Utc>>,
    check: &Check,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    last_tick_at.map_or(now, |tick| (tick + freshness(check)).min(now))
}
