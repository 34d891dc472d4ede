//! The monitors of all tenants, as the `monitors` bucket has them.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use bus::{Bucket, Bus, Change, UpdateError};
use contract::id::MonitorId;
use contract::monitor::Monitor;
use contract::stream;
use futures_util::StreamExt;
use service::Check;
use tokio_util::sync::CancellationToken;

pub(crate) struct Monitors {
    bucket: Bucket<Monitor>,
    known: RwLock<HashMap<MonitorId, Arc<Monitor>>>,
    synced: AtomicBool,
}

impl Monitors {
    pub(crate) async fn open(bus: &Bus) -> Self {
        Self {
            bucket: bus.bucket(stream::MONITORS).await,
            known: RwLock::default(),
            synced: AtomicBool::new(false),
        }
    }

    /// Keeps up with the bucket until told to stop.
    pub(crate) async fn follow(self: Arc<Self>, ready: Check, stop: CancellationToken) {
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
                    self.learn(&Arc::new(value));
                }
                Change::Deleted { key } => self.forget(&key),
                Change::Synced => {
                    self.keep_only(&told);
                    self.synced.store(true, Ordering::Release);
                    ready.up();
                }
            }
        }
    }

    /// A stream of its own of everything that changes.
    pub(crate) fn changes(
        &self,
    ) -> impl futures_util::Stream<Item = Change<Monitor>> + Send + use<> {
        self.bucket.watch()
    }

    /// Whether everything in the bucket is known.
    pub(crate) fn is_synced(&self) -> bool {
        self.synced.load(Ordering::Acquire)
    }

    pub(crate) fn all(&self) -> Vec<Arc<Monitor>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.values().map(Arc::clone).collect()
    }

    pub(crate) fn known(&self, id: MonitorId) -> Option<Arc<Monitor>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&id).map(Arc::clone)
    }

    /// The monitor, asking the bucket itself when it is not known: a watch may be a moment late.
    pub(crate) async fn find(&self, id: MonitorId) -> Result<Option<Arc<Monitor>>, UpdateError> {
        if let Some(monitor) = self.known(id) {
            return Ok(Some(monitor));
        }
        let entry = self.bucket.get(&id.to_string()).await?;
        Ok(entry.map(|entry| Arc::new(entry.value)))
    }

    fn learn(&self, monitor: &Arc<Monitor>) {
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(monitor.id, Arc::clone(monitor));
    }

    fn keep_only(&self, told: &HashSet<MonitorId>) {
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|id, _| told.contains(id));
    }

    fn forget(&self, key: &str) {
        if let Ok(id) = key.parse() {
            self.known
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&id);
        }
    }
}
