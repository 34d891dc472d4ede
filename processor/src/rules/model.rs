//! The state machine against a naive model: any sequence of results, duplicates, redeliveries, restarts, lost races and clock
//! steps ends in the same states, and what was published tells one consistent story.

pub(super) mod world;

use std::collections::HashSet;

use contract::event::Event;
use contract::monitor::State;
use proptest::prelude::*;

use super::monitor::Memory;
use world::{A, B, C, World, at};

const REGIONS: [&str; 3] = [A, B, C];
/// Two intervals, the timeout and a second.
const FRESH: i64 = 22;

#[derive(Debug, Clone)]
enum Step {
    /// Time goes on; sometimes it is set back.
    Wait(i64),
    /// A region's result for a tick so many seconds ago (or ahead).
    Result {
        region: usize,
        age: i64,
        ok: bool,
    },
    /// An earlier result comes again.
    Again(prop::sample::Index),
    Sweep,
    /// The process dies before its decision is saved: the next one begins from what was.
    DieBeforeSaving {
        region: usize,
        ok: bool,
    },
    /// The process dies after saving, so that the events are published again.
    DieAfterSaving {
        region: usize,
        ok: bool,
    },
    Pause(bool),
    /// Planned work begins or ends.
    Plan(bool),
}

fn step() -> impl Strategy<Value = Step> {
    let region = 0..REGIONS.len();
    prop_oneof![
        4 => (1..15_i64).prop_map(Step::Wait),
        1 => (-90..120_i64).prop_map(Step::Wait),
        8 => (region.clone(), -1..4_i64, any::<bool>())
            .prop_map(|(region, age, ok)| Step::Result { region, age, ok }),
        1 => (region.clone(), -60..60_i64, any::<bool>())
            .prop_map(|(region, age, ok)| Step::Result { region, age, ok }),
        2 => any::<prop::sample::Index>().prop_map(Step::Again),
        3 => Just(Step::Sweep),
        1 => (region.clone(), any::<bool>())
            .prop_map(|(region, ok)| Step::DieBeforeSaving { region, ok }),
        1 => (region, any::<bool>()).prop_map(|(region, ok)| Step::DieAfterSaving { region, ok }),
        1 => any::<bool>().prop_map(Step::Pause),
        1 => any::<bool>().prop_map(Step::Plan),
    ]
}

/// The naive model: it remembers every result and counts from the beginning each time.
#[derive(Default)]
struct Naive {
    results: [Vec<(i64, bool)>; 3],
    paused: bool,
    planned: bool,
    state: Option<State>,
}

impl Naive {
    fn observe(&mut self, region: usize, tick: i64, ok: bool, now: i64) {
        for results in &mut self.results {
            if results.last().is_some_and(|(tick, _)| *tick > now + FRESH) {
                results.clear();
            }
        }
        let results = &mut self.results[region];
        let newer = results.last().is_none_or(|(last, _)| *last < tick);
        if newer && tick <= now + FRESH && !self.paused {
            results.push((tick, ok));
        }
        self.judge(now);
    }

    fn judge(&mut self, now: i64) {
        if self.paused {
            self.results = Default::default();
            self.state = Some(State::Paused);
            return;
        }
        if self.planned {
            self.state = Some(State::Maintenance);
            return;
        }
        let fresh: Vec<&Vec<(i64, bool)>> = self
            .results
            .iter()
            .filter(|results| {
                results
                    .last()
                    .is_some_and(|(tick, _)| (now - tick).abs() <= FRESH)
            })
            .collect();
        let words: Vec<bool> = fresh.iter().filter_map(|results| word(results)).collect();
        let failing = words.iter().filter(|ok| !**ok).count();
        self.state = match (fresh.len(), words.len()) {
            (0, _) => Some(State::Unknown),
            // Nobody made up their mind.
            (_, 0) => self.state,
            (fresh, _) if 2 * failing > fresh => Some(State::Down),
            _ if failing > 0 => Some(State::Degraded),
            _ => Some(State::Up),
        };
    }
}

/// Whether a region stands for success; `None` while it stands for nothing.
fn word(results: &[(i64, bool)]) -> Option<bool> {
    let (_, ok) = *results.last()?;
    let alike = results
        .iter()
        .rev()
        .scan(results.last()?.0, |later, (tick, this)| {
            let unbroken = *later - tick <= FRESH && *this == ok;
            *later = *tick;
            unbroken.then_some(())
        })
        .count();
    if ok || alike >= 2 {
        return Some(ok);
    }
    let (before, rest) = results.split_at(results.len() - alike);
    let silence = rest[0].0 - before.last()?.0 > FRESH;
    if silence { None } else { word(before) }
}

/// The machine, its saved memory, and the log of events with the server's deduplication.
struct Machine {
    world: World,
    published: Vec<Event>,
    ids: HashSet<String>,
}

impl Machine {
    fn save(&mut self, memory: &Memory) {
        let text = serde_json::to_string(memory).expect("plain data");
        self.world.memory = serde_json::from_str(&text).expect("what was written");
        assert_eq!(&self.world.memory, memory, "a memory survives a restart");
        self.publish();
    }

    fn publish(&mut self) {
        for event in &self.world.memory.outbox {
            if self.ids.insert(event.message_id()) {
                self.published.push(event.clone());
            }
        }
    }

    fn observe(&mut self, region: usize, tick: i64, ok: bool, now: i64) {
        let mut memory = self.decide(region, tick, ok, now);
        self.save(&memory);
        memory.outbox.clear();
        self.world.memory = memory;
    }

    fn decide(&self, region: usize, tick: i64, ok: bool, now: i64) -> Memory {
        let mut memory = self.world.memory.clone();
        memory.outbox.clear();
        let result = self.world.result(REGIONS[region], tick, ok);
        memory.observe(&self.world.monitor, &result, at(now));
        memory
    }

    fn sweep(&mut self, now: i64) {
        let mut memory = self.world.memory.clone();
        memory.outbox.clear();
        memory.judge(&self.world.monitor, at(now));
        self.save(&memory);
        self.world.memory.outbox.clear();
    }
}

fn run(steps: &[Step]) {
    let mut machine = Machine {
        world: World::new(&REGIONS),
        published: Vec::new(),
        ids: HashSet::new(),
    };
    let mut naive = Naive::default();
    let mut seen: Vec<(usize, i64, bool)> = Vec::new();
    let mut now = 0;
    for step in steps {
        match step {
            Step::Wait(seconds) => now += seconds,
            Step::Result { region, age, ok } => {
                let tick = now - age;
                seen.push((*region, tick, *ok));
                machine.observe(*region, tick, *ok, now);
                naive.observe(*region, tick, *ok, now);
            }
            Step::Again(index) if !seen.is_empty() => {
                let (region, tick, ok) = *index.get(&seen);
                machine.observe(region, tick, ok, now);
                naive.observe(region, tick, ok, now);
            }
            Step::Again(_) => {}
            Step::Sweep => {
                machine.sweep(now);
                naive.judge(now);
            }
            Step::DieBeforeSaving { region, ok } => {
                machine.decide(*region, now, *ok, now);
                now += 1;
                machine.observe(*region, now - 1, *ok, now);
                naive.observe(*region, now - 1, *ok, now);
            }
            Step::DieAfterSaving { region, ok } => {
                let memory = machine.decide(*region, now, *ok, now);
                machine.save(&memory);
                machine.publish();
                naive.observe(*region, now, *ok, now);
                machine.observe(*region, now, *ok, now);
                naive.observe(*region, now, *ok, now);
            }
            Step::Plan(planned) => {
                machine.world.memory.planned = planned.then(|| "Upgrade".to_owned());
                naive.planned = *planned;
                machine.sweep(now);
                naive.judge(now);
            }
            Step::Pause(paused) => {
                machine.world.monitor.spec.paused = *paused;
                naive.paused = *paused;
                machine.sweep(now);
                naive.judge(now);
            }
        }
        let expected = naive.state.unwrap_or(State::Unknown);
        assert_eq!(machine.world.memory.state, expected, "after {step:?}");
    }
    tells_one_story(&machine);
}

/// Sequences without gaps, states that join, time that does not go back, and never two open incidents.
fn tells_one_story(machine: &Machine) {
    let (mut sequence, mut state, mut since) = (0, State::Unknown, None);
    let (mut open, mut used) = (None, HashSet::new());
    // What people are told: each fall, unless its incident is still open.
    let mut untold = false;
    for event in &machine.published {
        assert!(
            !untold || matches!(event, Event::IncidentOpened(_)),
            "{event:?}"
        );
        match event {
            Event::StateChanged(change) => {
                assert_eq!((change.sequence, change.from), (sequence + 1, state));
                assert_ne!(change.from, change.to);
                assert!(since <= Some(change.at), "{since:?} then {change:?}");
                (sequence, state, since) = (change.sequence, change.to, Some(change.at));
                untold = state == State::Down && open.is_none();
            }
            Event::IncidentOpened(opened) => {
                assert_eq!((open, state), (None, State::Down), "one open incident");
                assert!(used.insert(opened.incident), "an incident opened twice");
                (open, untold) = (Some(opened.incident), false);
            }
            Event::IncidentResolved(resolved) => {
                assert_eq!(open.take(), Some(resolved.incident));
                assert!(resolved.started_at <= resolved.resolved_at);
            }
            other => unreachable!("monitors do not tell {other:?}"),
        }
    }
    assert_eq!(state, machine.world.memory.state);
    assert_eq!(
        open,
        machine.world.memory.incident.as_ref().map(|open| open.id)
    );
    assert!(
        state != State::Down || open.is_some(),
        "down without an incident"
    );
    assert!(
        matches!(state, State::Down | State::Unknown)
            || open.is_none()
            || machine.world.memory.flaps.is_rising(),
        "an incident outlived its cause"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_agrees_with_the_naive_model(steps in prop::collection::vec(step(), 1..120)) {
        run(&steps);
    }
}
