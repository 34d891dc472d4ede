//! What happens because nothing happened: patience that runs out, silence, reminders, rules that were paused or deleted.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use bus::Failure;
use chrono::{DateTime, Utc};
use contract::id::{Partition, RuleId};
use contract::metric::Labels;
use contract::rule::memory::Memory;
use contract::rule::{Rule, Source};
use futures_util::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::Alerts;
use super::lane::{Held, Lane};
use crate::states::Owner;

const EVERY: Duration = Duration::from_secs(1);
/// Lanes judged at a time.
const CONCURRENCY: usize = 4;

/// Judges all rules by the clock, until told to stop.
pub(crate) async fn run(alerts: Arc<Alerts>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stop.cancelled() => return,
        }
        if alerts.rules.is_synced() && alerts.states.is_synced() {
            alerts.sweep().await;
        }
    }
}

impl Alerts {
    async fn sweep(&self) {
        let rules = self.rules.all();
        let (paused, judged): (Vec<_>, Vec<_>) =
            rules.into_iter().partition(|rule| rule.spec.paused);
        stream::iter(self.by_lane(judged))
            .for_each_concurrent(CONCURRENCY, |(lane, rules)| async move {
                if let Err(error) = self.sweep_lane(lane, &rules).await {
                    tracing::warn!(%error, durable = lane.durable.name, "could not judge rules by the clock; trying again in 1 s");
                }
            })
            .await;
        let ended = async {
            for rule in &paused {
                self.advance(rule, |memory| memory.fit(rule, service::now()))
                    .await?;
            }
            self.end_deleted().await
        };
        if let Err(error) = ended.await {
            tracing::warn!(%error, "could not end what nobody watches any more; trying again in 1 s");
        }
    }

    fn by_lane(&self, rules: Vec<Arc<Rule>>) -> Vec<(&Lane, Vec<Arc<Rule>>)> {
        let mut lanes: HashMap<(bool, u8), Vec<Arc<Rule>>> = HashMap::new();
        for rule in rules {
            let on_metrics = matches!(rule.spec.condition.source(), Source::Metric(_));
            let partition = Partition::of(rule.tenant).index();
            lanes.entry((on_metrics, partition)).or_default().push(rule);
        }
        let lane = |(on_metrics, partition)| {
            let lanes = if on_metrics {
                &self.metrics
            } else {
                &self.probes
            };
            &lanes[usize::from(partition)]
        };
        lanes
            .into_iter()
            .map(|(place, rules)| (lane(place), rules))
            .collect()
    }

    async fn sweep_lane(&self, lane: &Lane, rules: &[Arc<Rule>]) -> Result<(), Failure> {
        let mut held = lane.held.lock().await;
        let Some(now) = lane.instant(&mut held, &self.bus).await? else {
            return Ok(());
        };
        self.warm(&mut held, rules, now).await?;
        for rule in rules {
            if self.has_stray_groups(rule) {
                self.advance(rule, |memory| memory.fit(rule, now)).await?;
            }
            let groups = self.groups(rule, &held);
            self.judge(rule, &held, &groups, now).await?;
        }
        let known: HashMap<RuleId, &Rule> = rules.iter().map(|rule| (rule.id, &**rule)).collect();
        held.tidy(&known, now);
        Ok(())
    }

    /// Whether something is remembered of groups that the rule, as it is now, does not have.
    fn has_stray_groups(&self, rule: &Rule) -> bool {
        let by = rule.spec.condition.group_by();
        let strays = |memory: &Memory| {
            let mut groups = memory.groups();
            groups.any(|group| group.keys().any(|label| !by.contains(label)))
        };
        self.states.look(rule.id, strays).unwrap_or_default()
    }

    /// All groups there is anything to say of.
    fn groups(&self, rule: &Rule, held: &Held) -> BTreeSet<Labels> {
        let remembered = |memory: &Memory| memory.groups().cloned().collect::<Vec<_>>();
        let remembered = self.states.look(rule.id, remembered).unwrap_or_default();
        let mut groups: BTreeSet<_> = held.groups(rule.id).cloned().collect();
        groups.extend(remembered);
        if rule.spec.condition.group_by().is_empty() {
            groups.insert(Labels::new());
        }
        groups
    }

    async fn end_deleted(&self) -> Result<(), Failure> {
        let known: BTreeSet<RuleId> = self.rules.all().iter().map(|rule| rule.id).collect();
        for id in self.states.ids() {
            let gone = !known.contains(&id)
                && self
                    .rules
                    .is_gone(id)
                    .await
                    .map_err(|error| Failure::retry(&error))?;
            if gone {
                self.end(id, service::now()).await?;
            }
        }
        Ok(())
    }

    async fn end(&self, id: RuleId, now: DateTime<Utc>) -> Result<(), Failure> {
        let Some(tenant) = self.states.look(id, |memory| memory.tenant) else {
            return Ok(());
        };
        let owner = Owner {
            id,
            tenant,
            fresh: Memory::new(tenant),
        };
        let close = |memory: &mut Memory| memory.close(now, "the rule was deleted");
        if let Some(advanced) = self.states.advance(&owner, close).await? {
            for event in &advanced.events {
                self.announce(&owner, event).await;
            }
        }
        self.states
            .remove(id)
            .await
            .map_err(|error| Failure::retry(&error))
    }
}
