//! The reasons of a monitor's state, in sentences a tired person understands. They are for everybody: what a region found in
//! detail is told apart, by [`said`].

use chrono::{DateTime, Utc};
use contract::id::Region;
use contract::monitor::{advisory as minority, share};
use contract::region::place_of;

use super::region::{Track, Verdict};

/// A fresh region and what it remembers.
pub(super) type Voter<'a> = (&'a Region, &'a Track);

/// "2 of 3 regions failed twice".
pub(super) fn failing(failing: &[Voter<'_>], fresh: usize) -> String {
    let count = failing.iter().map(|(_, track)| track.answers.count).min();
    let share = share(failing.len(), fresh);
    let times = times(count.unwrap_or_default());
    format!("{share} failed {times}")
}

/// "2 of 3 regions slower than 300 ms: 512 ms from Frankfurt".
pub(super) fn slow(slow: &[Voter<'_>], fresh: usize, degraded_ms: Option<u32>) -> String {
    let share = share(slow.len(), fresh);
    let worst = slow
        .iter()
        .filter_map(|(region, track)| Some((region, track.total_time_ms?)))
        .max_by(|(_, a), (_, b)| a.total_cmp(b));
    match (degraded_ms, worst) {
        (Some(limit), Some((region, took))) => {
            format!(
                "{share} slower than {limit} ms: {took:.0} ms from {}",
                place(region)
            )
        }
        _ => format!("{share} slow"),
    }
}

/// "failing from Frankfurt (1 of 3 regions)".
pub(super) fn advisory(what: &str, voters: &[Voter<'_>], fresh: usize) -> String {
    let regions: Vec<&Region> = voters.iter().map(|(region, _)| *region).collect();
    minority(what, &regions, fresh)
}

/// Without a count: it stays true while regions come and go.
pub(super) fn passing() -> String {
    "all regions succeed".to_owned()
}

/// "no result from any of 3 regions since 14:10:05 UTC on 20 Nov".
pub(super) fn unknown(regions: usize, last_tick_at: Option<DateTime<Utc>>) -> String {
    let whose = match regions {
        1 => "the only region".to_owned(),
        _ => format!("any of {regions} regions"),
    };
    match last_tick_at {
        Some(tick) => format!(
            "no result from {whose} since {}",
            tick.format("%H:%M:%S UTC on %-d %b")
        ),
        None => "not checked yet".to_owned(),
    }
}

/// A heartbeat has no regions. What its pings say is no word for everybody.
pub(super) fn heartbeat(track: &Track, degraded_ms: Option<u32>) -> String {
    match track.verdict {
        Some(Verdict::Failing) => "the last ping said that it failed".to_owned(),
        Some(Verdict::Slow) => format!(
            "the last run took {:.0} ms, more than {} ms",
            track.total_time_ms.unwrap_or_default(),
            degraded_ms.unwrap_or_default()
        ),
        _ => "the last ping came in time".to_owned(),
    }
}

/// The city where it is known.
fn place(region: &Region) -> &str {
    place_of(region).map_or(region.as_str(), |place| place.city)
}

fn times(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    }
}

/// What most of them say; the newest of equals.
pub(super) fn said(voters: &[Voter<'_>]) -> Option<String> {
    let said = |message: &str| {
        voters
            .iter()
            .filter(|(_, track)| track.message.as_deref() == Some(message))
            .count()
    };
    voters
        .iter()
        .filter_map(|(_, track)| Some((track.message.as_deref()?, track.tick_at)))
        .max_by_key(|(message, tick_at)| (said(message), *tick_at))
        .map(|(message, _)| message.to_owned())
}
