//! The memory of all monitors in the `rule_state` bucket: changed by compare-and-set, so that of two instances that judge the same
//! monitor one decides and the other looks again.
//!
//! A crash loses and doubles nothing. Before the memory is saved nothing has happened. Once it is saved, the decision stands and
//! its events are in the outbox that was saved with it: whoever touches the monitor next publishes them, under the same message ids.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use bus::{Bucket, Bus, Change, Failure, UpdateError};
use chrono::{DateTime, Utc};
use contract::event::Event;
use contract::id::{MonitorId, TenantId};
use contract::monitor::Monitor;
use contract::{stream, subject};
use futures_util::StreamExt;
use opentelemetry::metrics::Counter;
use opentelemetry::{KeyValue, global};
use service::Check;
use tokio_util::sync::CancellationToken;

use crate::rules::monitor::Memory;

/// What became of a monitor.
pub(crate) struct Advanced {
    pub(crate) memory: Memory,
    /// The events of this change, as they were published.
    pub(crate) events: Vec<Event>,
}

pub(crate) struct States {
    bus: Bus,
    bucket: Bucket<Memory>,
    known: RwLock<HashMap<MonitorId, Saved>>,
    synced: AtomicBool,
    changes: Counter<u64>,
}

#[derive(Clone)]
struct Saved {
    memory: Memory,
    /// Absent while nothing is saved.
    revision: Option<u64>,
}

impl States {
    pub(crate) async fn open(bus: &Bus) -> Self {
        Self {
            bus: bus.clone(),
            bucket: bus.bucket(stream::RULE_STATE).await,
            known: RwLock::default(),
            synced: AtomicBool::new(false),
            changes: global::meter("overseer.processor")
                .u64_counter("overseer.processor.state.change")
                .with_unit("{change}")
                .with_description("Changes of monitors' states, by the state they went to")
                .build(),
        }
    }

    /// Keeps up with what other instances save, until told to stop.
    pub(crate) async fn follow(self: Arc<Self>, ready: Check, stop: CancellationToken) {
        let mut changes = std::pin::pin!(self.bucket.watch().take_until(stop.cancelled()));
        while let Some(change) = changes.next().await {
            match change {
                Change::Began => {
                    self.synced.store(false, Ordering::Release);
                    self.forget_all();
                }
                Change::Put {
                    key,
                    value,
                    revision,
                } => {
                    if let Some(id) = parse(&key) {
                        self.remember(id, value, revision);
                    }
                }
                Change::Deleted { key } => {
                    if let Some(id) = parse(&key) {
                        self.forget(id);
                    }
                }
                Change::Synced => {
                    self.synced.store(true, Ordering::Release);
                    ready.up();
                }
            }
        }
    }

    pub(crate) fn is_synced(&self) -> bool {
        self.synced.load(Ordering::Acquire)
    }

    /// What `at` sees in the memory of a monitor; it may be a moment old.
    pub(crate) fn look<T>(&self, id: MonitorId, at: impl FnOnce(&Memory) -> T) -> Option<T> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&id).map(|saved| at(&saved.memory))
    }

    /// What is remembered of a monitor; it may be a moment old.
    pub(crate) fn peek(&self, id: MonitorId) -> Option<Memory> {
        self.look(id, Memory::clone)
    }

    pub(crate) fn ids(&self) -> Vec<MonitorId> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.keys().copied().collect()
    }

    /// Applies `step` to what is remembered of a monitor (`since` is when its memory begins), saves it and publishes what follows.
    /// `step` runs again when another instance was faster. `None` if nothing changed.
    pub(crate) async fn advance(
        &self,
        monitor: &Monitor,
        since: DateTime<Utc>,
        step: impl Fn(&mut Memory) + Send,
    ) -> Result<Option<Advanced>, Failure> {
        loop {
            let saved = self.load(monitor.id, since).await?;
            self.publish(monitor.tenant, &saved.memory.outbox).await?;
            let mut memory = saved.memory.clone();
            memory.outbox.clear();
            step(&mut memory);
            if memory == saved.memory {
                return Ok(None);
            }
            let Some(revision) = self.save(monitor.id, &memory, saved.revision).await? else {
                continue;
            };
            let events = std::mem::take(&mut memory.outbox);
            if !events.is_empty() {
                self.count(&events);
                self.publish(monitor.tenant, &events).await?;
                // Nobody minds if this fails: the events would be published again under the same ids.
                self.save(monitor.id, &memory, Some(revision)).await?;
            }
            return Ok(Some(Advanced { memory, events }));
        }
    }

    /// Forgets a monitor that was deleted.
    pub(crate) async fn remove(&self, id: MonitorId) -> Result<(), UpdateError> {
        self.bucket.delete(&key(id)).await?;
        self.forget(id);
        Ok(())
    }

    async fn load(&self, id: MonitorId, since: DateTime<Utc>) -> Result<Saved, Failure> {
        let known = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            known.get(&id).cloned()
        };
        if let Some(saved) = known {
            return Ok(saved);
        }
        let entry = self
            .bucket
            .get(&key(id))
            .await
            .map_err(|error| Failure::retry(&error))?;
        Ok(match entry {
            Some(entry) => {
                self.remember(id, entry.value.clone(), entry.revision);
                Saved {
                    memory: entry.value,
                    revision: Some(entry.revision),
                }
            }
            None => Saved {
                memory: Memory::new(since),
                revision: None,
            },
        })
    }

    /// The new revision, or `None` when somebody else saved in between.
    async fn save(
        &self,
        id: MonitorId,
        memory: &Memory,
        revision: Option<u64>,
    ) -> Result<Option<u64>, Failure> {
        let saved = match revision {
            Some(revision) => self.bucket.update(&key(id), memory, revision).await,
            None => self.bucket.create(&key(id), memory).await,
        };
        match saved {
            Ok(revision) => {
                self.remember(id, memory.clone(), revision);
                Ok(Some(revision))
            }
            Err(UpdateError::Conflict) => {
                self.forget(id);
                Ok(None)
            }
            // Whether it was saved is not known: only the bucket can say.
            Err(error) => {
                self.forget(id);
                Err(Failure::retry(&error))
            }
        }
    }

    async fn publish(&self, tenant: TenantId, events: &[Event]) -> Result<(), Failure> {
        for event in events {
            self.bus
                .publish(
                    &subject::event(event.kind(), tenant),
                    &event.message_id(),
                    event,
                )
                .await
                .map_err(|error| Failure::retry(&error))?;
        }
        Ok(())
    }

    fn count(&self, events: &[Event]) {
        for event in events {
            if let Event::StateChanged(change) = event {
                self.changes
                    .add(1, &[KeyValue::new("overseer.state", change.to.as_str())]);
            }
        }
    }

    fn remember(&self, id: MonitorId, memory: Memory, revision: u64) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known
            .get(&id)
            .is_none_or(|saved| saved.revision < Some(revision))
        {
            known.insert(
                id,
                Saved {
                    memory,
                    revision: Some(revision),
                },
            );
        }
    }

    fn forget_all(&self) {
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    fn forget(&self, id: MonitorId) {
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&id);
    }
}

const PREFIX: &str = "monitor.";

fn key(id: MonitorId) -> String {
    format!("{PREFIX}{id}")
}

fn parse(key: &str) -> Option<MonitorId> {
    key.strip_prefix(PREFIX)?.parse().ok()
}
