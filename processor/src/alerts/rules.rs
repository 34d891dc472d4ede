//! The rules of all tenants, as the `rules` bucket has them, found by what they look at.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use bus::{Bucket, Bus, Change, UpdateError};
use contract::id::{MonitorId, RuleId, TenantId};
use contract::metric::Labels;
use contract::query::Operator;
use contract::rule::{Rule, Selector, Source};
use contract::stream;
use futures_util::StreamExt;
use service::Check;
use tokio_util::sync::CancellationToken;

pub(crate) struct Rules {
    bucket: Bucket<Rule>,
    known: RwLock<Index>,
    synced: AtomicBool,
}

impl Rules {
    pub(super) async fn open(bus: &Bus) -> Self {
        Self {
            bucket: bus.bucket(stream::RULES).await,
            known: RwLock::default(),
            synced: AtomicBool::new(false),
        }
    }

    /// Keeps up with the bucket until told to stop.
    pub(crate) async fn follow(&self, ready: Check, stop: CancellationToken) {
        let mut changes = std::pin::pin!(self.bucket.watch().take_until(stop.cancelled()));
        let mut told = HashSet::new();
        while let Some(change) = changes.next().await {
            match change {
                Change::Began => {
                    self.synced.store(false, Ordering::Release);
                    told.clear();
                }
                Change::Put { value, .. } => {
                    told.insert(value.id);
                    self.write(|index| index.put(Arc::new(value)));
                }
                Change::Deleted { key } => {
                    if let Ok(id) = key.parse() {
                        self.write(|index| index.remove(id));
                    }
                }
                Change::Synced => {
                    self.write(|index| index.keep_only(&told));
                    self.synced.store(true, Ordering::Release);
                    ready.up();
                }
            }
        }
    }

    /// Whether everything in the bucket is known.
    pub(super) fn is_synced(&self) -> bool {
        self.synced.load(Ordering::Acquire)
    }

    pub(super) fn all(&self) -> Vec<Arc<Rule>> {
        self.read(|index| index.all.values().map(Arc::clone).collect())
    }

    /// Whether a rule is really gone: a watch may be a moment late.
    pub(super) async fn is_gone(&self, id: RuleId) -> Result<bool, UpdateError> {
        if self.read(|index| index.all.contains_key(&id)) {
            return Ok(false);
        }
        Ok(self.bucket.get(&id.to_string()).await?.is_none())
    }

    /// The rules that look at a series and are not paused.
    pub(super) fn of_series(
        &self,
        tenant: TenantId,
        name: &str,
        labels: &Labels,
    ) -> Vec<Arc<Rule>> {
        self.read(|index| index.of_series(tenant, name, labels))
    }

    /// The rules that look at a monitor and are not paused.
    pub(super) fn of_monitor(&self, tenant: TenantId, monitor: MonitorId) -> Vec<Arc<Rule>> {
        self.read(|index| {
            let rules = index.by_monitor.get(&monitor).into_iter().flatten();
            let own = rules.filter(|rule| rule.tenant == tenant && !rule.spec.paused);
            own.map(Arc::clone).collect()
        })
    }

    fn read<T>(&self, look: impl FnOnce(&Index) -> T) -> T {
        look(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write(&self, change: impl FnOnce(&mut Index)) {
        change(&mut self.known.write().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Rules by what they look at: at a push nobody walks through all of them.
#[derive(Default)]
struct Index {
    all: HashMap<RuleId, Arc<Rule>>,
    by_monitor: HashMap<MonitorId, Vec<Arc<Rule>>>,
    /// By the hash of tenant, metric and the first label whose value is given.
    by_series: HashMap<u64, Vec<Arc<Rule>>>,
    hasher: RandomState,
}

impl Index {
    fn put(&mut self, rule: Arc<Rule>) {
        self.remove(rule.id);
        self.place(&rule).push(Arc::clone(&rule));
        self.all.insert(rule.id, rule);
    }

    fn remove(&mut self, id: RuleId) {
        let Some(rule) = self.all.remove(&id) else {
            return;
        };
        self.place(&rule).retain(|other| other.id != id);
    }

    fn keep_only(&mut self, told: &HashSet<RuleId>) {
        let gone: Vec<_> = self.all.keys().filter(|id| !told.contains(id)).collect();
        for id in gone.into_iter().copied().collect::<Vec<_>>() {
            self.remove(id);
        }
    }

    fn of_series(&self, tenant: TenantId, name: &str, labels: &Labels) -> Vec<Arc<Rule>> {
        if self.by_series.is_empty() {
            return Vec::new();
        }
        let places = labels
            .iter()
            .map(Some)
            .chain([None])
            .map(|pair| self.hash(tenant, name, pair));
        let near = places
            .filter_map(|place| self.by_series.get(&place))
            .flatten();
        let looks = |rule: &&Arc<Rule>| {
            let accepts = match rule.spec.condition.source() {
                Source::Metric(selector) => selector.accepts(name, labels),
                Source::Monitor(_) => false,
            };
            rule.tenant == tenant && !rule.spec.paused && accepts
        };
        near.filter(looks).map(Arc::clone).collect()
    }

    fn place(&mut self, rule: &Rule) -> &mut Vec<Arc<Rule>> {
        match rule.spec.condition.source() {
            Source::Monitor(monitor) => self.by_monitor.entry(monitor).or_default(),
            Source::Metric(selector) => {
                let place = self.hash(rule.tenant, &selector.metric, given(selector));
                self.by_series.entry(place).or_default()
            }
        }
    }

    fn hash(&self, tenant: TenantId, name: &str, pair: Option<(&String, &String)>) -> u64 {
        self.hasher.hash_one((tenant, name, pair))
    }
}

/// A label that all series of a selector have, and its value.
fn given(selector: &Selector) -> Option<(&String, &String)> {
    let mut matchers = selector.matchers.iter();
    let given = matchers.find(|it| it.operator == Operator::Equal && !it.value.is_empty());
    given.map(|matcher| (&matcher.label, &matcher.value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use uuid::Uuid;

    fn rule(n: u128, matchers: &[&str]) -> Arc<Rule> {
        let rule = json!({"id": Uuid::from_u128(n), "tenant": Uuid::from_u128(1), "revision": 1,
            "name": "r", "kind": "threshold", "metric": "cpu", "match": matchers,
            "operator": ">", "value": 1.0});
        Arc::new(serde_json::from_value(rule).expect("a rule"))
    }

    fn found(index: &Index, tenant: u128, labels: &[(&str, &str)]) -> Vec<u128> {
        let labels = labels
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let rules = index.of_series(TenantId(Uuid::from_u128(tenant)), "cpu", &labels);
        let mut ids: Vec<_> = rules.iter().map(|rule| rule.id.0.as_u128()).collect();
        ids.sort_unstable();
        ids
    }

    #[test]
    fn a_series_finds_the_rules_that_look_at_it() {
        let mut index = Index::default();
        for (n, matchers) in [
            (1, &[] as &[&str]),
            (2, &["host=a"]),
            (3, &["host!=a"]),
            (4, &["host=a", "zone=x"]),
            (5, &["rack="]),
        ] {
            index.put(rule(n, matchers));
        }
        assert_eq!(found(&index, 1, &[("host", "a")]), [1, 2, 5]);
        assert_eq!(
            found(&index, 1, &[("host", "a"), ("zone", "x")]),
            [1, 2, 4, 5]
        );
        assert_eq!(found(&index, 1, &[("host", "b"), ("rack", "7")]), [1, 3]);
        assert_eq!(found(&index, 2, &[("host", "a")]), [0; 0]);
        index.put(rule(2, &["host=b"]));
        index.remove(RuleId(Uuid::from_u128(1)));
        assert_eq!(found(&index, 1, &[("host", "a")]), [5]);
        assert_eq!(found(&index, 1, &[("host", "b")]), [2, 3, 5]);
    }
}
