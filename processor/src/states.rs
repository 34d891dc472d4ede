//! What is remembered, in buckets: changed by compare-and-set, so that of two instances that judge the same thing one decides
//! and the other looks again.
//!
//! A crash loses and doubles nothing. Before a memory is saved nothing has happened. Once it is saved, the decision stands and
//! its events are in the outbox that was saved with it: whoever touches the memory next publishes them, under the same message ids.

mod known;

use std::fmt::Display;
use std::hash::Hash;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bus::{Bucket, Bus, Change, Failure, UpdateError};
use contract::event::Event;
use contract::id::{MonitorId, RuleId, TenantId};
use contract::{rule, stream, subject};
use futures_util::StreamExt;
use opentelemetry::metrics::Counter;
use opentelemetry::{KeyValue, global};
use serde::Serialize;
use serde::de::DeserializeOwned;
use service::Check;
use tokio_util::sync::CancellationToken;

use crate::rules::monitor;
use known::{Known, Saved};

/// The memory of something that has an identifier.
pub(crate) trait Memory:
    Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    type Id: Copy + Eq + Hash + Display + FromStr + Send + Sync;
    const BUCKET: stream::Bucket;
    /// What keys begin with.
    const PREFIX: &'static str;

    /// Events that may not be published yet, oldest first.
    fn outbox(&mut self) -> &mut Vec<Event>;
}

impl Memory for monitor::Memory {
    type Id = MonitorId;
    const BUCKET: stream::Bucket = stream::RULE_STATE;
    const PREFIX: &'static str = "monitor.";

    fn outbox(&mut self) -> &mut Vec<Event> {
        &mut self.outbox
    }
}

impl Memory for rule::memory::Memory {
    type Id = RuleId;
    const BUCKET: stream::Bucket = stream::ALERT_STATE;
    const PREFIX: &'static str = "rule.";

    fn outbox(&mut self) -> &mut Vec<Event> {
        &mut self.outbox
    }
}

/// What became of a memory.
pub(crate) struct Advanced<M> {
    pub(crate) memory: M,
    /// The events of this change, as they were published.
    pub(crate) events: Vec<Event>,
}

/// Whose memory it is, and what it begins with.
pub(crate) struct Owner<M: Memory> {
    pub(crate) id: M::Id,
    pub(crate) tenant: TenantId,
    pub(crate) fresh: M,
}

pub(crate) struct States<M: Memory> {
    bus: Bus,
    bucket: Bucket<M>,
    known: Known<M>,
    synced: AtomicBool,
    changes: Counter<u64>,
}

impl<M: Memory> States<M> {
    pub(crate) async fn open(bus: &Bus) -> Self {
        Self {
            bus: bus.clone(),
            bucket: bus.bucket(M::BUCKET).await,
            known: Known::default(),
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
                    self.known.clear();
                }
                Change::Put {
                    key,
                    value,
                    revision,
                } => {
                    if let Some(id) = parse::<M>(&key) {
                        self.known.remember(id, value, revision);
                    }
                }
                Change::Deleted { key } => {
                    if let Some(id) = parse::<M>(&key) {
                        self.known.forget(id);
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

    /// What `at` sees in a memory; it may be a moment old.
    pub(crate) fn look<T>(&self, id: M::Id, at: impl FnOnce(&M) -> T) -> Option<T> {
        self.known.look(id, at)
    }

    /// What is remembered; it may be a moment old.
    pub(crate) fn peek(&self, id: M::Id) -> Option<M> {
        self.look(id, M::clone)
    }

    pub(crate) fn ids(&self) -> Vec<M::Id> {
        self.known.ids()
    }

    /// Whether `step` would change anything, or something waits to be published. Without asking the bucket.
    pub(crate) fn is_due(&self, owner: &Owner<M>, step: impl Fn(&mut M)) -> bool {
        let is_due = |memory: &M| {
            let mut next = memory.clone();
            next.outbox().clear();
            step(&mut next);
            next != *memory
        };
        self.look(owner.id, is_due)
            .unwrap_or_else(|| is_due(&owner.fresh))
    }

    /// Applies `step` to what is remembered, saves it and publishes what follows. `step` runs again when another instance was
    /// faster. `None` if nothing changed.
    pub(crate) async fn advance(
        &self,
        owner: &Owner<M>,
        step: impl Fn(&mut M) + Send,
    ) -> Result<Option<Advanced<M>>, Failure> {
        loop {
            let saved = self.load(owner).await?;
            let mut memory = saved.memory.clone();
            let left = std::mem::take(memory.outbox());
            self.publish(owner.tenant, &left).await?;
            step(&mut memory);
            if memory == saved.memory {
                return Ok(None);
            }
            let Some(revision) = self.save(owner.id, &memory, saved.revision).await? else {
                continue;
            };
            let events = std::mem::take(memory.outbox());
            if !events.is_empty() {
                self.count(&events);
                self.publish(owner.tenant, &events).await?;
                // Nobody minds if this fails: the events would be published again under the same ids.
                self.save(owner.id, &memory, Some(revision)).await?;
            }
            return Ok(Some(Advanced { memory, events }));
        }
    }

    /// Forgets what was deleted.
    pub(crate) async fn remove(&self, id: M::Id) -> Result<(), UpdateError> {
        self.bucket.delete(&key::<M>(id)).await?;
        self.known.forget(id);
        Ok(())
    }

    async fn load(&self, owner: &Owner<M>) -> Result<Saved<M>, Failure> {
        if let Some(saved) = self.known.find(owner.id) {
            return Ok(saved);
        }
        let entry = self
            .bucket
            .get(&key::<M>(owner.id))
            .await
            .map_err(|error| Failure::retry(&error))?;
        Ok(match entry {
            Some(entry) => {
                self.known
                    .remember(owner.id, entry.value.clone(), entry.revision);
                Saved {
                    memory: entry.value,
                    revision: Some(entry.revision),
                }
            }
            None => Saved {
                memory: owner.fresh.clone(),
                revision: None,
            },
        })
    }

    /// The new revision, or `None` when somebody else saved in between.
    async fn save(
        &self,
        id: M::Id,
        memory: &M,
        revision: Option<u64>,
    ) -> Result<Option<u64>, Failure> {
        let saved = match revision {
            Some(revision) => self.bucket.update(&key::<M>(id), memory, revision).await,
            None => self.bucket.create(&key::<M>(id), memory).await,
        };
        match saved {
            Ok(revision) => {
                self.known.remember(id, memory.clone(), revision);
                Ok(Some(revision))
            }
            Err(UpdateError::Conflict) => {
                self.known.forget(id);
                Ok(None)
            }
            // Whether it was saved is not known: only the bucket can say.
            Err(error) => {
                self.known.forget(id);
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
}

fn key<M: Memory>(id: M::Id) -> String {
    format!("{}{id}", M::PREFIX)
}

fn parse<M: Memory>(key: &str) -> Option<M::Id> {
    key.strip_prefix(M::PREFIX)?.parse().ok()
}
