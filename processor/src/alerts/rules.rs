//! The rules of all tenants, as the `rules` bucket has them, found by what they look at.

mod looking;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use bus::{Bucket, Bus, Change, UpdateError};
use contract::id::{MonitorId, RuleId, TenantId};
use contract::metric::{Packed, Series};
use contract::rule::{Rule, Source};
use contract::stream;
use futures_util::StreamExt;
use service::Check;
use tokio_util::sync::CancellationToken;

use looking::Looking;

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

    /// The series that rules look at which are not paused, each with those rules.
    pub(super) fn of_batch(
        &self,
        tenant: TenantId,
        batch: &Packed,
    ) -> Vec<(Series, Vec<Arc<Rule>>)> {
        self.read(|index| {
            let Some(looking) = index.by_series.get(&tenant) else {
                return Vec::new();
            };
            let watched = batch.series().filter_map(|series| looking.at(series));
            watched.collect()
        })
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
    /// Tenants without such a rule are not in it.
    by_series: HashMap<TenantId, Looking>,
}

impl Index {
    fn put(&mut self, rule: Arc<Rule>) {
        self.remove(rule.id);
        match rule.spec.condition.source() {
            Source::Monitor(monitor) => {
                let rules = self.by_monitor.entry(monitor).or_default();
                rules.push(Arc::clone(&rule));
            }
            Source::Metric(selector) => {
                let looking = self.by_series.entry(rule.tenant).or_default();
                looking.put(selector, Arc::clone(&rule));
            }
        }
        self.all.insert(rule.id, rule);
    }

    fn remove(&mut self, id: RuleId) {
        let Some(rule) = self.all.remove(&id) else {
            return;
        };
        match rule.spec.condition.source() {
            Source::Monitor(monitor) => {
                let rules = self.by_monitor.entry(monitor).or_default();
                rules.retain(|other| other.id != id);
                self.by_monitor.retain(|_, rules| !rules.is_empty());
            }
            Source::Metric(selector) => {
                let looking = self.by_series.entry(rule.tenant).or_default();
                looking.remove(selector, id);
                self.by_series.retain(|_, looking| !looking.is_empty());
            }
        }
    }

    fn keep_only(&mut self, told: &HashSet<RuleId>) {
        let gone: Vec<_> = self.all.keys().filter(|id| !told.contains(id)).collect();
        for id in gone.into_iter().copied().collect::<Vec<_>>() {
            self.remove(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::metric::{Batch, Kind};
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn rule(metric: &str) -> Arc<Rule> {
        let rule = json!({"id": Uuid::from_u128(7), "tenant": Uuid::from_u128(1), "revision": 1,
            "name": "r", "kind": "threshold", "metric": metric, "operator": ">", "value": 1.0});
        Arc::new(serde_json::from_value(rule).expect("a rule"))
    }

    fn is_watched(index: &Index, tenant: u128, metric: &str) -> bool {
        let series = Series {
            name: metric.to_owned(),
            labels: contract::metric::Labels::new(),
            kind: Kind::Gauge,
            unit: None,
            points: vec![(1, 1.0)],
        };
        let batch = Packed::from(&Batch {
            received_ms: 1,
            series: vec![series],
        });
        let looking = index.by_series.get(&TenantId(Uuid::from_u128(tenant)));
        looking.is_some_and(|looking| batch.series().any(|it| looking.at(it).is_some()))
    }

    #[test]
    fn a_rule_is_found_where_it_looks_now_and_for_its_tenant_alone() {
        let mut index = Index::default();
        index.put(rule("cpu"));
        assert!(is_watched(&index, 1, "cpu"));
        assert!(!is_watched(&index, 2, "cpu"));
        index.put(rule("mem"));
        assert!(!is_watched(&index, 1, "cpu"));
        assert!(is_watched(&index, 1, "mem"));
        index.remove(rule("mem").id);
        assert!(index.by_series.is_empty());
    }
}
