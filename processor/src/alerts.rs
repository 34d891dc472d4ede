//! Alert rules: judged at every push and every result, and by the clock.
//!
//! Every rule belongs to one lane: the durable whose messages it looks at. Who holds the lane keeps the points its rules look at;
//! whoever takes it over reads them back from the store first, so nothing is judged by half of what there was. What was decided is
//! saved by compare-and-set, see [`crate::states`].

mod lane;
mod past;
mod rules;
mod sweep;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use bus::{Bus, Failure, Message};
use chrono::{DateTime, Utc};
use contract::event::Event;
use contract::id::{Partition, RuleId};
use contract::live::Update;
use contract::metric::{Labels, Packed, Series};
use contract::monitor::{State, Status};
use contract::probe::Finished;
use contract::rule::memory::Memory;
use contract::rule::points::Group;
use contract::rule::{MAX_GROUPS, Rule, describe};
use contract::{stream, subject};

use crate::rules::monitor;
use crate::states::{Owner, States};
use lane::{Held, Lane};

pub(crate) use rules::Rules;
pub(crate) use sweep::run;

/// What watches over all rules.
pub(crate) struct Alerts {
    bus: Bus,
    pub(crate) rules: Rules,
    pub(crate) states: Arc<States<Memory>>,
    monitors: Arc<States<monitor::Memory>>,
    metrics: Vec<Lane>,
    probes: Vec<Lane>,
}

impl Alerts {
    pub(crate) async fn open(bus: &Bus, monitors: Arc<States<monitor::Memory>>) -> Self {
        let metrics = Partition::all().map(|it| Lane::new(stream::processor_metrics(it)));
        let probes = Partition::all().map(|it| Lane::new(stream::processor_probes(it)));
        Self {
            bus: bus.clone(),
            rules: Rules::open(bus).await,
            states: Arc::new(States::open(bus).await),
            monitors,
            metrics: metrics.collect(),
            probes: probes.collect(),
        }
    }

    /// Judges the rules that look at what was pushed.
    pub(crate) async fn take_samples(&self, message: &Message<Packed>) -> Result<(), Failure> {
        let Some(tenant) = subject::parse::metrics_accepted(&message.subject) else {
            return Err(Failure::reject("the subject names no tenant"));
        };
        let lane = &self.metrics[usize::from(Partition::of(tenant).index())];
        let mut held = lane.held.lock().await;
        held.note(message);
        let watched = self.rules.of_batch(tenant, &message.body);
        let mut touched: HashMap<RuleId, (Arc<Rule>, Vec<&Series>)> = HashMap::new();
        for (series, rules) in &watched {
            for rule in rules {
                let touched = touched.entry(rule.id);
                let (_, all) = touched.or_insert_with(|| (Arc::clone(rule), Vec::new()));
                all.push(series);
            }
        }
        let rules: Vec<_> = touched.values().map(|(rule, _)| Arc::clone(rule)).collect();
        self.warm(&mut held, &rules, message.published_at).await?;
        for (rule, series) in touched.values() {
            let mut groups = BTreeSet::new();
            for one in series {
                let group = rule.spec.condition.group_of(&one.labels);
                if held.add(rule, &group, &one.labels, &one.points) {
                    groups.insert(group);
                }
            }
            self.judge(rule, &held, &groups, message.published_at)
                .await?;
        }
        Ok(())
    }

    /// Judges the rules that look at a monitor that was just checked.
    pub(crate) async fn take_result(&self, message: &Message<Finished>) -> Result<(), Failure> {
        let result = &message.body;
        let lane = &self.probes[usize::from(Partition::of(result.tenant).index())];
        let mut held = lane.held.lock().await;
        held.note(message);
        let rules = self.rules.of_monitor(result.tenant, result.monitor);
        self.warm(&mut held, &rules, message.published_at).await?;
        let region = Labels::from([("region".to_owned(), result.region.as_str().to_owned())]);
        let all = BTreeSet::from([Labels::new()]);
        for rule in &rules {
            if let Some(value) = rule.spec.condition.extract(result) {
                let point = (result.tick_at.timestamp_millis(), value);
                held.add(rule, &Labels::new(), &region, &[point]);
            }
            self.judge(rule, &held, &all, message.published_at).await?;
        }
        Ok(())
    }

    /// Judges some groups of a rule, and tells what follows.
    async fn judge(
        &self,
        rule: &Rule,
        held: &Held,
        groups: &BTreeSet<Labels>,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let status = rule.monitor().and_then(|monitor| {
            let status = self.monitors.look(monitor, monitor::Memory::status);
            status.map(|status| (is_silent(&status), status))
        });
        if matches!(status, Some((true, _))) {
            // Planned work, or nobody wants to know: everything stays as it is.
            return Ok(());
        }
        let status = status.as_ref().map(|(_, status)| status);
        let nothing = Group::default();
        let step = |memory: &mut Memory| {
            for labels in groups {
                let points = held.points(rule.id, labels).unwrap_or(&nothing);
                memory.judge(rule, labels, points, status, now);
            }
        };
        self.advance(rule, step).await
    }

    /// Applies `step` to the memory of a rule where that changes anything, and tells what follows.
    async fn advance(&self, rule: &Rule, step: impl Fn(&mut Memory) + Send) -> Result<(), Failure> {
        let owner = Owner {
            id: rule.id,
            tenant: rule.tenant,
            fresh: Memory::new(rule.tenant),
        };
        if !self.states.is_due(&owner, &step) {
            return Ok(());
        }
        if let Some(advanced) = self.states.advance(&owner, step).await? {
            for event in &advanced.events {
                self.announce(&owner, event).await;
            }
        }
        Ok(())
    }

    async fn announce(&self, owner: &Owner<Memory>, event: &Event) {
        let (subject, open, at) = match event {
            Event::AlertOpened(opened) => (&opened.subject, true, opened.at),
            Event::AlertResolved(resolved) => (&resolved.subject, false, resolved.resolved_at),
            _ => return,
        };
        let update = Update::Alert {
            alert: subject.alert,
            rule: subject.rule,
            open,
            title: describe(&subject.rule_name, &subject.labels),
            at,
        };
        self.bus.announce_live(owner.tenant, &update).await;
    }
}

/// Whether rules on a monitor in this state are not judged.
fn is_silent(status: &Status) -> bool {
    matches!(status.state, State::Maintenance | State::Paused)
}

/// The points of one rule, by group.
#[derive(Debug, Default)]
struct Window {
    revision: i64,
    groups: BTreeMap<Labels, Group>,
}

impl Window {
    /// The points of a group; `None` when the rule watches as many as it may.
    fn group(&mut self, labels: &Labels) -> Option<&mut Group> {
        if !self.groups.contains_key(labels) {
            if self.groups.len() >= MAX_GROUPS {
                return None;
            }
            self.groups.insert(labels.clone(), Group::default());
        }
        self.groups.get_mut(labels)
    }
}
