//! What is known by who holds a lane.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bus::{Bus, Failure, Message};
use chrono::{DateTime, TimeDelta, Utc};
use contract::id::RuleId;
use contract::metric::Labels;
use contract::rule::Rule;
use contract::rule::points::{Group, Point};
use contract::stream::{Durable, PIN_TIMEOUT};
use tokio::sync::Mutex;

use super::Window;

/// Without any message for so long, nobody is in the midst of anything: anybody may judge by what the store has.
const QUIET: TimeDelta = TimeDelta::seconds(10);
/// Points are kept a little longer than a condition reaches: messages may be a little late.
const SLACK: TimeDelta = TimeDelta::minutes(1);
/// Groups that nobody pushes to any more are forgotten after this long.
const FORGET: TimeDelta = TimeDelta::days(1);

pub(super) struct Lane {
    pub(super) durable: Durable,
    /// Locked while a message is judged, so that the clock does not judge in its midst.
    pub(super) held: Mutex<Held>,
}

/// What the messages of a lane said, as long as this instance has seen all of them.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// The latest delivery that came here.
    delivery: Option<u64>,
    /// When the stream took its message.
    published_at: DateTime<Utc>,
    came: Option<Instant>,
    windows: HashMap<RuleId, Window>,
}

impl Lane {
    pub(super) fn new(durable: Durable) -> Self {
        Self {
            durable,
            held: Mutex::default(),
        }
    }

    /// The instant up to which all messages were seen; `None` for who does not hold the lane.
    pub(super) async fn instant(
        &self,
        held: &mut Held,
        bus: &Bus,
    ) -> Result<Option<DateTime<Utc>>, Failure> {
        let position = bus
            .position(&self.durable)
            .await
            .map_err(|error| Failure::retry(&error))?;
        let now = service::now();
        if position.waiting() > 0 {
            // What waits is for the holder, and that is who was given the latest ones.
            let recent = held.came.is_some_and(|came| came.elapsed() < HOLDING);
            return Ok(recent.then_some(held.published_at));
        }
        if held.delivery == Some(position.delivered) {
            return Ok(Some(now));
        }
        let is_quiet = position.active_at.is_none_or(|at| now - at >= QUIET);
        if is_quiet {
            held.windows.clear();
            held.delivery = Some(position.delivered);
        }
        Ok(is_quiet.then_some(now))
    }
}

/// Who was given a message this short a time ago holds the lane.
const HOLDING: Duration = PIN_TIMEOUT;

impl Held {
    /// A message came. If it is not the one after the latest, somebody else had some in between: what was known is old.
    pub(super) fn note<M>(&mut self, message: &Message<M>) {
        let follows = self
            .delivery
            .is_some_and(|last| last + 1 == message.delivery);
        if !follows {
            self.windows.clear();
        }
        self.delivery = Some(message.delivery);
        self.published_at = message.published_at;
        self.came = Some(Instant::now());
    }

    pub(super) fn is_warm(&self, rule: &Rule) -> bool {
        let window = self.windows.get(&rule.id);
        window.is_some_and(|window| window.revision == rule.revision)
    }

    pub(super) fn begin(&mut self, rule: RuleId, window: Window) {
        self.windows.insert(rule, window);
    }

    /// Takes points in; false if the group is one too many.
    pub(super) fn add(
        &mut self,
        rule: &Rule,
        group: &Labels,
        series: &Labels,
        points: &[Point],
    ) -> bool {
        let window = self.windows.entry(rule.id).or_default();
        let Some(group) = window.group(group) else {
            return false;
        };
        group.add(series, points);
        true
    }

    pub(super) fn points(&self, rule: RuleId, group: &Labels) -> Option<&Group> {
        self.windows.get(&rule)?.groups.get(group)
    }

    pub(super) fn groups(&self, rule: RuleId) -> impl Iterator<Item = &Labels> {
        let window = self.windows.get(&rule);
        window.into_iter().flat_map(|window| window.groups.keys())
    }

    /// Forgets rules that are gone, and points that nobody will look at any more.
    pub(super) fn tidy(&mut self, rules: &HashMap<RuleId, &Rule>, now: DateTime<Utc>) {
        self.windows.retain(|id, window| {
            let Some(rule) = rules.get(id) else {
                return false;
            };
            let reach = rule.spec.condition.reach();
            let before = (now - reach - SLACK).timestamp_millis();
            let forgotten = (now - reach.max(FORGET)).timestamp_millis();
            window.groups.retain(|_, group| {
                group.drop_before(before);
                group.newest().is_some_and(|(at, _)| at >= forgotten)
            });
            true
        });
    }
}
