//! Passive heartbeats: when the next ping is due, and since when one is overdue.

use chrono::{DateTime, TimeDelta, Utc};
use contract::monitor::{Check, Monitor};
use contract::probe::{Finished, Outcome, Reason};
use serde::{Deserialize, Serialize};

/// The memory of a heartbeat's pings. Empty before the first: then nothing is due.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beat {
    /// The newest ping that said how a run ended.
    pub ping_at: Option<DateTime<Utc>>,
    /// The run that began after it.
    pub started_at: Option<DateTime<Utc>>,
    /// The newest instant at which a ping was overdue, if none came since.
    pub overdue_at: Option<DateTime<Utc>>,
}

impl Beat {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub fn note(&mut self, result: &Finished) {
        let at = result.tick_at;
        match result.outcome {
            Outcome::Failure if result.reason == Some(Reason::Overdue) => {
                self.overdue_at = self
                    .overdue_at
                    .max(Some(at))
                    .filter(|at| Some(*at) > self.ping_at);
            }
            Outcome::Success | Outcome::Failure => {
                self.ping_at = self.ping_at.max(Some(at));
                self.started_at = self.started_at.filter(|started| *started > at);
                self.overdue_at = self.overdue_at.filter(|overdue| *overdue > at);
            }
            Outcome::Started if Some(at) > self.ping_at => {
                self.started_at = self.started_at.max(Some(at));
            }
            Outcome::Started | Outcome::Logged | Outcome::Missed => {}
        }
    }

    /// The instants up to `now` at which a ping was overdue, oldest first: the first when its grace has ended, then one each
    /// interval.
    pub fn overdue(
        &self,
        monitor: &Monitor,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Vec<DateTime<Utc>> {
        let interval = interval(&monitor.spec.check);
        std::iter::successors(self.due_at(monitor), |due| Some(*due + interval))
            .take_while(|due| *due <= now)
            .take(limit)
            .collect()
    }

    /// What is wrong, in words.
    pub fn complaint(&self, check: &Check) -> String {
        let words = |at: DateTime<Utc>| at.format("%H:%M:%S UTC on %-d %b");
        match (self.started_at, self.ping_at) {
            (Some(started), _) => format!(
                "the run that started at {} did not end within {} s",
                words(started),
                check.grace_s()
            ),
            (None, Some(ping)) => format!("no ping since {}", words(ping)),
            (None, None) => "no ping".to_owned(),
        }
    }

    fn due_at(&self, monitor: &Monitor) -> Option<DateTime<Utc>> {
        let check = &monitor.spec.check;
        if let Some(overdue) = self.overdue_at {
            return Some(overdue + interval(check));
        }
        // What was due before the monitor got its present rhythm is not.
        let begin = |at: DateTime<Utc>| at.max(monitor.scheduled_at);
        let by_ping = self
            .ping_at
            .map(|ping| begin(ping) + interval(check) + grace(check));
        let by_run = self.started_at.map(|started| begin(started) + grace(check));
        by_ping.into_iter().chain(by_run).min()
    }
}

/// How long a ping counts for the clock of a strange sender.
pub fn reach(check: &Check) -> TimeDelta {
    interval(check) * 2 + grace(check)
}

fn interval(check: &Check) -> TimeDelta {
    TimeDelta::seconds(check.interval_s.into())
}

fn grace(check: &Check) -> TimeDelta {
    TimeDelta::seconds(check.grace_s().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::model::world::{World, at};

    fn note(world: &mut World, outcome: Outcome, second: i64) {
        let mut result = world.result("heartbeat", second, true);
        result.outcome = outcome;
        result.message = None;
        world.observe(&result, at(second));
    }

    fn overdue(world: &mut World, second: i64) {
        let mut result = world.result("heartbeat", second, false);
        result.reason = Some(Reason::Overdue);
        result.message = Some(world.memory.beat.complaint(&world.monitor.spec.check));
        world.observe(&result, at(second));
    }

    fn due(world: &World, now: i64) -> Vec<i64> {
        let due = world.memory.beat.overdue(&world.monitor, at(now), 3);
        due.iter().map(|due| (*due - at(0)).num_seconds()).collect()
    }

    #[test]
    fn before_the_first_ping_nothing_is_due_and_nothing_is_known() {
        let mut world = World::heartbeat();
        world.sweep(100_000);
        assert!(due(&world, 100_000).is_empty());
        assert_eq!(world.state().as_str(), "unknown");
        assert_eq!(world.memory.reason, "no ping yet");
    }

    #[test]
    fn a_ping_is_overdue_after_interval_and_grace_and_once_an_interval_from_then_on() {
        let mut world = World::heartbeat();
        note(&mut world, Outcome::Success, 0);
        assert_eq!(world.state().as_str(), "up");
        assert!(due(&world, 64).is_empty());
        assert_eq!(due(&world, 65), [65]);
        assert_eq!(due(&world, 1_000), [65, 125, 185]);
        overdue(&mut world, 65);
        assert_eq!(world.state().as_str(), "down");
        assert_eq!(world.memory.since, at(65));
        assert_eq!(world.memory.reason, "no ping since 14:00:00 UTC on 20 Nov");
        assert_eq!(due(&world, 130), [125]);
        world.sweep(100_000);
        assert_eq!(
            world.state().as_str(),
            "down",
            "silence is what it is down for"
        );
        note(&mut world, Outcome::Success, 100_001);
        assert_eq!(
            (world.state().as_str(), world.opened(), world.resolved()),
            ("up", 1, 1)
        );
        assert!(due(&world, 100_065).is_empty());
    }

    #[test]
    fn a_run_that_does_not_end_within_the_grace_is_overdue() {
        let mut world = World::heartbeat();
        note(&mut world, Outcome::Success, 0);
        note(&mut world, Outcome::Started, 10);
        assert_eq!(due(&world, 15), [15]);
        overdue(&mut world, 15);
        assert_eq!(
            world.memory.reason,
            "the run that started at 14:00:10 UTC on 20 Nov did not end within 5 s"
        );
        note(&mut world, Outcome::Success, 20);
        assert_eq!((world.state().as_str(), due(&world, 84)), ("up", vec![]));
        note(&mut world, Outcome::Logged, 30);
        assert_eq!(due(&world, 85), [85]);
    }

    #[test]
    fn a_ping_that_says_so_is_a_failure_at_once() {
        let mut world = World::heartbeat();
        note(&mut world, Outcome::Success, 0);
        note(&mut world, Outcome::Failure, 10);
        assert_eq!(world.state().as_str(), "down");
        assert_eq!(world.memory.reason, "the last ping said that it failed");
    }

    #[test]
    fn resuming_begins_with_nothing_and_another_rhythm_with_patience() {
        let mut world = World::heartbeat();
        note(&mut world, Outcome::Success, 0);
        world.monitor.scheduled_at = at(500);
        assert!(due(&world, 564).is_empty());
        assert_eq!(due(&world, 565), [565]);
        world.monitor.spec.paused = true;
        world.sweep(600);
        world.monitor.spec.paused = false;
        world.sweep(601);
        assert_eq!(
            (world.state().as_str(), due(&world, 9_000)),
            ("unknown", vec![])
        );
    }
}
