//! Trying a rule against the past: the same code as live, at the steps of a clock.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::condition::Sight;
use super::memory::Memory;
use super::points::{Group, Point};
use super::{Past, Rule, Spec, instant};
use crate::event::Event;
use crate::id::{RuleId, TenantId};
use crate::metric::Labels;
use crate::monitor::Status;

/// Most instants at which a rule is judged.
const MAX_STEPS: i64 = 2_000;

/// When a rule would have fired, and what it would have compared.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Backtested {
    /// The seconds between two judgements. Live, a rule is judged at every push, and every second.
    pub step_s: i64,
    pub fired: Vec<Fired>,
    /// What was compared with the limit, by group.
    pub series: Vec<Past>,
}

/// An alert that would have been.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fired {
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, String>))]
    pub labels: Labels,
    pub started_at: DateTime<Utc>,
    pub opened_at: DateTime<Utc>,
    pub resolved_at: Option<DateTime<Utc>>,
    pub value: Option<f64>,
    pub reason: String,
    pub reminders: u32,
}

/// What was, in a stretch of time and before it as far as the condition reaches.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    pub past: Vec<Past>,
    /// The states of the monitor, each from its instant on, oldest first.
    pub states: Vec<(DateTime<Utc>, Status)>,
}

impl History {
    /// Roughly how many points would have to be looked at to run through it, one by one.
    pub fn cost(&self, spec: &Spec, from_ms: i64, to_ms: i64) -> i64 {
        let points: usize = self.past.iter().map(|past| past.points.len()).sum();
        let points = i64::try_from(points).unwrap_or(i64::MAX);
        let reach_ms = spec.condition.reach().num_milliseconds();
        let length_ms = (to_ms - from_ms).max(1);
        let steps = length_ms / 1_000 / step_s(length_ms) + 1;
        let in_window =
            i128::from(points) * i128::from(reach_ms) / i128::from(length_ms + reach_ms);
        i64::try_from(in_window * i128::from(steps)).unwrap_or(i64::MAX)
    }
}

/// Runs a rule through history from one instant to another, in Unix milliseconds.
pub fn run(spec: &Spec, history: &History, from_ms: i64, to_ms: i64) -> Backtested {
    let step_s = step_s(to_ms - from_ms);
    let rule = Rule {
        id: RuleId(uuid::Uuid::nil()),
        tenant: TenantId(uuid::Uuid::nil()),
        revision: 0,
        spec: Spec {
            paused: false,
            ..spec.clone()
        },
    };
    let mut replay = Replay::new(&rule, history);
    let mut at_ms = from_ms;
    while at_ms <= to_ms {
        replay.step(instant(at_ms));
        at_ms += step_s * 1_000;
    }
    Backtested {
        step_s,
        fired: replay.fired,
        series: replay
            .values
            .into_iter()
            .map(|(labels, points)| Past { labels, points })
            .collect(),
    }
}

fn step_s(length_ms: i64) -> i64 {
    const ROUND: [i64; 6] = [1, 2, 5, 10, 15, 30];
    let least = length_ms.max(0) / 1_000 / MAX_STEPS + 1;
    ROUND
        .into_iter()
        .find(|round| *round >= least)
        .unwrap_or((least + 59) / 60 * 60)
}

/// The points of series that are still to come.
type Ahead<'a> = Vec<(&'a Labels, &'a [Point])>;

struct Replay<'a> {
    rule: &'a Rule,
    history: &'a History,
    memory: Memory,
    /// By group: its points up to now, and where each of its series goes on.
    groups: BTreeMap<Labels, (Group, Ahead<'a>)>,
    values: BTreeMap<Labels, Vec<Point>>,
    fired: Vec<Fired>,
}

impl<'a> Replay<'a> {
    fn new(rule: &'a Rule, history: &'a History) -> Self {
        let condition = &rule.spec.condition;
        let mut groups: BTreeMap<Labels, (Group, Vec<_>)> = BTreeMap::new();
        if condition.group_by().is_empty() {
            groups.entry(Labels::new()).or_default();
        }
        for past in &history.past {
            let (_, ahead) = groups.entry(condition.group_of(&past.labels)).or_default();
            ahead.push((&past.labels, past.points.as_slice()));
        }
        Self {
            rule,
            history,
            memory: Memory::new(rule.tenant),
            groups,
            values: BTreeMap::new(),
            fired: Vec::new(),
        }
    }

    fn step(&mut self, now: DateTime<Utc>) {
        let condition = &self.rule.spec.condition;
        let status = self.history.states.iter().rev();
        let status = status
            .map(|(at, status)| (at, status))
            .find(|(at, _)| **at <= now);
        let status = status.map(|(_, status)| status);
        let reach_ms = (now - condition.reach() - TimeDelta::seconds(1)).timestamp_millis();
        for (labels, (group, ahead)) in &mut self.groups {
            for (series, points) in ahead {
                let until = points.partition_point(|(at, _)| *at <= now.timestamp_millis());
                group.add(series, &points[..until]);
                *points = &points[until..];
            }
            group.drop_before(reach_ms);
            let sight = Sight {
                points: group,
                status,
                now,
                firing: false,
            };
            if let Some(value) = condition.judge(sight).and_then(|finding| finding.value) {
                let values = self.values.entry(labels.clone()).or_default();
                values.push((now.timestamp_millis(), value));
            }
            self.memory.judge(self.rule, labels, group, status, now);
        }
        for event in std::mem::take(&mut self.memory.outbox) {
            note(&mut self.fired, event);
        }
    }
}

fn note(fired: &mut Vec<Fired>, event: Event) {
    match event {
        Event::AlertOpened(opened) => fired.push(Fired {
            labels: opened.subject.labels,
            started_at: opened.subject.started_at,
            opened_at: opened.at,
            resolved_at: None,
            value: opened.value,
            reason: opened.reason,
            reminders: 0,
        }),
        Event::AlertReminded(reminded) => {
            if let Some(alert) = latest(fired, &reminded.subject.labels) {
                alert.reminders = reminded.number;
            }
        }
        Event::AlertResolved(resolved) => {
            if let Some(alert) = latest(fired, &resolved.subject.labels) {
                alert.resolved_at = Some(resolved.resolved_at);
            }
        }
        _ => {}
    }
}

fn latest<'a>(fired: &'a mut [Fired], labels: &Labels) -> Option<&'a mut Fired> {
    fired.iter_mut().rev().find(|alert| alert.labels == *labels)
}
