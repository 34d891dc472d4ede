//! What the votes of a monitor's regions mean together.

use chrono::{DateTime, Utc};
use contract::monitor::{Monitor, State};

use super::{Memory, dating};
use crate::rules::region::Verdict as Word;
use crate::rules::words::{self, Voter};

/// A state, since when it holds, and why.
pub(super) struct Verdict {
    pub(super) state: State,
    pub(super) at: DateTime<Utc>,
    pub(super) reason: String,
    pub(super) detail: Option<String>,
    pub(super) advisory: Option<String>,
}

/// The verdict at `now`, or `None` while the fresh regions have not made up their minds: then the state stays as it is.
pub(super) fn reach(memory: &Memory, monitor: &Monitor, now: DateTime<Utc>) -> Option<Verdict> {
    let check = &monitor.spec.check;
    if monitor.spec.paused {
        return Some(plain(State::Paused, now, "checks are paused".to_owned()));
    }
    if let Some(work) = &memory.planned {
        let reason = format!("planned work: {work}");
        return Some(plain(State::Maintenance, now, reason));
    }
    let fresh: Vec<Voter<'_>> = memory
        .regions
        .iter()
        .filter(|(_, track)| track.is_fresh(check, now))
        .collect();
    if fresh.is_empty() {
        return Some(unknown(memory, monitor, now));
    }
    if fresh.iter().all(|(_, track)| track.verdict.is_none()) {
        return None;
    }
    let verdict = decide(memory, monitor, &fresh, now);
    Some(match fresh.as_slice() {
        [(_, track)] if monitor.spec.is_heartbeat() => {
            let said = track.message.clone();
            let said = said.filter(|_| track.verdict == Some(Word::Failing));
            // Of silence we tell in our own words; those of a ping may be anything.
            let (reason, detail) = match said {
                Some(words) if memory.beat.overdue_at.is_some() => (words, None),
                said => (words::heartbeat(track, check.degraded_ms), said),
            };
            Verdict {
                detail,
                ..plain(verdict.state, verdict.at, reason)
            }
        }
        _ => verdict,
    })
}

fn decide(memory: &Memory, monitor: &Monitor, fresh: &[Voter<'_>], now: DateTime<Utc>) -> Verdict {
    let failing = saying(fresh, Word::Failing);
    let slow = saying(fresh, Word::Slow);
    let check = &monitor.spec.check;
    let majority = fresh.len() / 2 + 1;
    if failing.len() >= majority {
        let at = dating::outbreak(&failing, majority, check);
        return Verdict {
            detail: words::said(&failing),
            ..plain(State::Down, at, words::failing(&failing, fresh.len()))
        };
    }
    if failing.is_empty() && slow.is_empty() {
        let at = dating::recovery(memory, fresh, now);
        return plain(State::Up, at, words::passing());
    }
    let reason = if failing.is_empty() {
        words::slow(&slow, fresh.len(), check.degraded_ms)
    } else {
        words::failing(&failing, fresh.len())
    };
    Verdict {
        state: State::Degraded,
        at: dating::worsening(memory, &failing, &slow, fresh, now),
        reason,
        detail: words::said(&failing),
        advisory: advisory(&failing, &slow, fresh.len(), majority),
    }
}

fn unknown(memory: &Memory, monitor: &Monitor, now: DateTime<Utc>) -> Verdict {
    let last_tick_at = memory.regions.values().map(|track| track.tick_at).max();
    let at = dating::silence(last_tick_at, &monitor.spec.check, now);
    let reason = match last_tick_at {
        // Results that were forgotten meanwhile, such as those of a region that was removed.
        _ if monitor.spec.is_heartbeat() => "no ping yet".to_owned(),
        None if memory.sequence > 0 => "no result yet".to_owned(),
        _ => words::unknown(monitor.spec.regions.len(), last_tick_at),
    };
    plain(State::Unknown, at, reason)
}

/// A minority in words; a slow majority is the reason itself.
fn advisory(
    failing: &[Voter<'_>],
    slow: &[Voter<'_>],
    fresh: usize,
    majority: usize,
) -> Option<String> {
    let failing = (!failing.is_empty()).then(|| words::advisory("failing", failing, fresh));
    let slow =
        (!slow.is_empty() && slow.len() < majority).then(|| words::advisory("slow", slow, fresh));
    match (failing, slow) {
        (Some(failing), Some(slow)) => Some(format!("{failing}; {slow}")),
        (failing, slow) => failing.or(slow),
    }
}

fn saying<'a>(fresh: &[Voter<'a>], word: Word) -> Vec<Voter<'a>> {
    fresh
        .iter()
        .filter(|(_, track)| track.verdict == Some(word))
        .copied()
        .collect()
}

fn plain(state: State, at: DateTime<Utc>, reason: String) -> Verdict {
    Verdict {
        state,
        at,
        reason,
        detail: None,
        advisory: None,
    }
}
