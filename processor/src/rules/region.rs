//! What one region says of a monitor: its last result, its run of like results, and the verdict that follows.

use chrono::{DateTime, TimeDelta, Utc};
use contract::id::Region;
use contract::monitor::{Check, Spec, Vote};
use contract::probe::{Finished, Outcome};
use serde::{Deserialize, Serialize};

use super::heartbeat;

/// A result may take this long from the prober to the rules, on top of the check's own timeout.
const TRAVEL: TimeDelta = TimeDelta::seconds(1);
const MAX_MESSAGE_CHARS: usize = 300;

/// What a region stands for once it has said the same thing often enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Passing,
    /// Successful, but slower than the monitor's degraded threshold.
    Slow,
    Failing,
}

/// Consecutive results that are alike, and the tick of the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    pub count: u32,
    pub since: DateTime<Utc>,
}

/// The memory of one region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Track {
    pub tick_at: DateTime<Utc>,
    pub ok: bool,
    pub slow: bool,
    /// Results with the same `ok`.
    pub answers: Run,
    /// Results with the same `ok` and the same `slow`.
    pub pace: Run,
    /// Absent until the region said something often enough.
    pub verdict: Option<Verdict>,
    /// The first of the results that led to the verdict.
    pub verdict_since: DateTime<Utc>,
    pub total_time_ms: Option<f64>,
    pub message: Option<String>,
}

impl Track {
    /// The memory after `result`, which is newer than `before`. A region that was silent for too long begins anew.
    pub fn after(before: Option<&Self>, result: &Finished, spec: &Spec) -> Self {
        let before =
            before.filter(|track| result.tick_at - track.tick_at <= freshness(&spec.check));
        let ok = result.outcome == Outcome::Success;
        let total_time_ms = result.timings.total_time_ms;
        let slow = ok && is_slow(total_time_ms, spec.check.degraded_ms);
        let tick = result.tick_at;
        let mut track = Self {
            tick_at: tick,
            ok,
            slow,
            answers: run(
                before.filter(|last| last.ok == ok).map(|last| last.answers),
                tick,
            ),
            pace: run(
                before
                    .filter(|last| (last.ok, last.slow) == (ok, slow))
                    .map(|last| last.pace),
                tick,
            ),
            verdict: before.and_then(|last| last.verdict),
            verdict_since: before.map_or(tick, |last| last.verdict_since),
            total_time_ms,
            message: result.message.as_deref().map(shorten),
        };
        if let Some((verdict, since)) = track.turn(spec) {
            track.verdict = Some(verdict);
            track.verdict_since = since;
        }
        track
    }

    /// The verdict this result turns the region to, and since when; `None` if it changes nothing.
    fn turn(&self, spec: &Spec) -> Option<(Verdict, DateTime<Utc>)> {
        let slowed = self.slow && self.pace.count >= spec.failure_threshold;
        let paced = if slowed {
            Verdict::Slow
        } else {
            Verdict::Passing
        };
        let (verdict, since) = match self.verdict {
            _ if !self.ok => {
                let enough = self.answers.count >= spec.failure_threshold;
                return (enough && self.verdict != Some(Verdict::Failing))
                    .then_some((Verdict::Failing, self.answers.since));
            }
            None => (paced, self.answers.since),
            Some(Verdict::Failing) => {
                let enough = self.answers.count >= spec.success_threshold;
                return enough.then_some((paced, self.answers.since));
            }
            Some(Verdict::Passing) => (paced, self.pace.since),
            Some(Verdict::Slow) => {
                let quick = !self.slow && self.pace.count >= spec.success_threshold;
                let verdict = if quick {
                    Verdict::Passing
                } else {
                    Verdict::Slow
                };
                (verdict, self.pace.since)
            }
        };
        (self.verdict != Some(verdict)).then_some((verdict, since))
    }

    /// Whether the region's word still counts. A heartbeat's does until the next one: its silence is a result of its own.
    pub fn is_fresh(&self, check: &Check, now: DateTime<Utc>) -> bool {
        check.is_heartbeat() || (now - self.tick_at).abs() <= freshness(check)
    }

    pub fn vote(&self, region: &Region) -> Vote {
        Vote {
            region: region.clone(),
            tick_at: self.tick_at,
            ok: self.ok,
            slow: self.slow,
            count: self.answers.count,
            total_time_ms: self.total_time_ms,
            message: self.message.clone(),
        }
    }
}

/// How long a result counts: two intervals, and the time a check may take.
pub fn freshness(check: &Check) -> TimeDelta {
    if check.is_heartbeat() {
        return heartbeat::reach(check);
    }
    TimeDelta::seconds(2 * i64::from(check.interval_s))
        + TimeDelta::milliseconds(i64::from(check.timeout_ms))
        + TRAVEL
}

/// A prober repeats what a stranger's server said: only so much of it is kept.
fn shorten(message: &str) -> String {
    message.chars().take(MAX_MESSAGE_CHARS).collect()
}

fn run(before: Option<Run>, tick_at: DateTime<Utc>) -> Run {
    before.map_or(
        Run {
            count: 1,
            since: tick_at,
        },
        |run| Run {
            count: run.count.saturating_add(1),
            since: run.since,
        },
    )
}

fn is_slow(total_time_ms: Option<f64>, degraded_ms: Option<u32>) -> bool {
    match (total_time_ms, degraded_ms) {
        (Some(took), Some(limit)) => took > f64::from(limit),
        _ => false,
    }
}
