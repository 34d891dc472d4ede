//! What this instance has heard of memories.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::Memory;

#[derive(Clone)]
pub(super) struct Saved<M> {
    pub(super) memory: M,
    /// Absent while nothing is saved.
    pub(super) revision: Option<u64>,
}

pub(super) struct Known<M: Memory>(RwLock<HashMap<M::Id, Saved<M>>>);

impl<M: Memory> Default for Known<M> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<M: Memory> Known<M> {
    pub(super) fn look<T>(&self, id: M::Id, at: impl FnOnce(&M) -> T) -> Option<T> {
        self.read().get(&id).map(|saved| at(&saved.memory))
    }

    pub(super) fn find(&self, id: M::Id) -> Option<Saved<M>> {
        self.read().get(&id).cloned()
    }

    pub(super) fn ids(&self) -> Vec<M::Id> {
        self.read().keys().copied().collect()
    }

    /// An older revision than the known one is no news.
    pub(super) fn remember(&self, id: M::Id, memory: M, revision: u64) {
        let mut known = self.write();
        let is_news = known
            .get(&id)
            .is_none_or(|saved| saved.revision < Some(revision));
        if is_news {
            let revision = Some(revision);
            known.insert(id, Saved { memory, revision });
        }
    }

    pub(super) fn forget(&self, id: M::Id) {
        self.write().remove(&id);
    }

    pub(super) fn clear(&self) {
        self.write().clear();
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<M::Id, Saved<M>>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<M::Id, Saved<M>>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
