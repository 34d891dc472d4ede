//! The memory of a rule against a naive model: whatever values come, whoever dies in between and however often a decision is
//! made anew, the same alerts are opened and resolved, and nothing is told twice.

use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::json;

use super::{Labels, at, group, rule, when};
use crate::event::Event;
use crate::rule::Rule;
use crate::rule::memory::Memory;

const FOR: i64 = 4;
const COOLDOWN: i64 = 20;
const REMIND: i64 = 60;
/// What an instance sees that lags behind by less is old.
const OVERLAP: i64 = 30;

#[derive(Debug, Clone)]
enum Step {
    /// Time goes on; sometimes it is set back.
    Wait(i64),
    Value(f64),
    /// The process dies before it has saved: its successor judges the same value.
    DieBeforeSaving(f64),
    /// The process dies after it has saved: its successor publishes again, and judges the same value again.
    DieAfterSaving(f64),
    /// Another instance judges at the same time; one of them saves first and the other looks again.
    Race(f64),
}

fn step() -> impl Strategy<Value = Step> {
    let value = prop_oneof![Just(95.0), Just(85.0), Just(70.0)];
    prop_oneof![
        4 => (0..10_i64).prop_map(Step::Wait),
        1 => (-30..90_i64).prop_map(Step::Wait),
        6 => value.clone().prop_map(Step::Value),
        1 => value.clone().prop_map(Step::DieBeforeSaving),
        1 => value.clone().prop_map(Step::DieAfterSaving),
        1 => value.prop_map(Step::Race),
    ]
}

/// Counts from what it was told, without outbox or identifiers.
#[derive(Default)]
struct Naive {
    held_since: Option<i64>,
    started: i64,
    last_opened: Option<i64>,
    last_told: i64,
    open: bool,
    told_at: Option<i64>,
    told: Vec<(&'static str, i64)>,
}

impl Naive {
    fn judge(&mut self, value: f64, now: i64) {
        if self
            .told_at
            .is_some_and(|told| (1..OVERLAP).contains(&(told - now)))
        {
            return;
        }
        let before = self.told.len();
        self.decide(value, now);
        // What is over is over: a clock that is set back afterwards does not bring the cooldown back.
        if !self.open && self.held_since.is_none() && self.is_cool(now) {
            self.last_opened = None;
        }
        if self.told.len() > before {
            self.told_at = Some(now);
        }
    }

    fn is_cool(&self, now: i64) -> bool {
        self.last_opened.is_none_or(|last| now - last >= COOLDOWN)
    }

    fn decide(&mut self, value: f64, now: i64) {
        let limit = if self.open { 80.0 } else { 90.0 };
        if value <= limit {
            self.held_since = None;
            if std::mem::take(&mut self.open) {
                // Clocks that were set back do not end what has not begun.
                self.told.push(("resolved", now.max(self.started)));
            }
            return;
        }
        let since = *self.held_since.get_or_insert(now);
        let cooled = self.is_cool(now);
        if self.open {
            if now - self.last_told >= REMIND {
                self.told.push(("reminded", now));
                self.last_told = now;
            }
        } else if now - since >= FOR && cooled {
            self.told.push(("opened", now));
            (self.open, self.started) = (true, since);
            (self.last_opened, self.last_told) = (Some(now), now);
        }
    }
}

/// The saved memory, and the log with the server's deduplication.
struct Machine {
    rule: Rule,
    saved: Memory,
    ids: HashSet<String>,
    log: Vec<Event>,
}

impl Machine {
    fn decide(&self, value: f64, now: i64) -> Memory {
        let mut memory = self.saved.clone();
        memory.outbox.clear();
        let points = group(&[(now, value)]);
        memory.judge(&self.rule, &Labels::new(), &points, None, at(now));
        memory
    }

    fn save(&mut self, memory: &Memory) {
        let text = serde_json::to_string(memory).expect("plain data");
        self.saved = serde_json::from_str(&text).expect("what was written");
        assert_eq!(&self.saved, memory, "a memory survives a restart");
    }

    fn publish(&mut self) {
        for event in &self.saved.outbox {
            if self.ids.insert(event.message_id()) {
                self.log.push(event.clone());
            }
        }
    }

    fn judge(&mut self, value: f64, now: i64) {
        // Whoever comes next publishes what is left.
        self.publish();
        let memory = self.decide(value, now);
        self.save(&memory);
        self.publish();
    }
}

fn run(steps: &[Step]) {
    let rule = rule(
        &json!({"for_s": FOR, "cooldown_s": COOLDOWN, "remind_every_s": REMIND,
        "recover_at": 80.0}),
    );
    let mut machine = Machine {
        saved: Memory::new(rule.tenant),
        rule,
        ids: HashSet::new(),
        log: Vec::new(),
    };
    let mut naive = Naive::default();
    // Two decisions of one second are one: each step takes a second.
    let mut now = 0;
    for step in steps {
        now += 1;
        match step {
            Step::Wait(seconds) => now += seconds,
            Step::Value(value) => {
                machine.judge(*value, now);
                naive.judge(*value, now);
            }
            Step::DieBeforeSaving(value) => {
                machine.decide(*value, now);
                machine.judge(*value, now);
                naive.judge(*value, now);
            }
            Step::DieAfterSaving(value) => {
                let memory = machine.decide(*value, now);
                machine.save(&memory);
                machine.judge(*value, now);
                naive.judge(*value, now);
            }
            Step::Race(value) => {
                let late = machine.decide(*value, now);
                machine.judge(*value, now);
                // The loser's decision is thrown away: the revision was another one.
                drop(late);
                machine.judge(*value, now);
                naive.judge(*value, now);
            }
        }
    }
    let told: Vec<_> = machine.log.iter().map(when).collect();
    assert_eq!(told, naive.told);
    let open = machine.saved.watches.iter().any(|it| it.open.is_some());
    assert_eq!(open, naive.open);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_agrees_with_the_naive_model(steps in prop::collection::vec(step(), 1..120)) {
        run(&steps);
    }
}
