//! A bucket mirrored in memory, so that asking it costs no call.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};

use bus::{Bus, Change};
use contract::stream::Bucket;
use futures_util::StreamExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use service::Check;
use tokio_util::sync::CancellationToken;

/// What is kept of a value of the bucket.
pub(crate) trait Entry: Clone + Send + Sync + 'static {
    type Value: Serialize + DeserializeOwned + Send + 'static;
    /// What it is found by.
    type Key: Clone + Eq + Hash + Send + Sync + 'static;

    /// `None` for a value that nobody looks for here. `name` is its key in the bucket; `before` finds what was kept so far.
    fn of(
        name: &str,
        value: Self::Value,
        before: impl Fn(&Self::Key) -> Option<Self>,
    ) -> Option<(Self::Key, Self)>;
}

/// What is known of a key.
#[derive(Debug)]
pub(crate) enum Found<E> {
    There(E),
    Absent,
    /// The bucket was not read yet: say neither yes nor no.
    NotKnown,
}

/// Until the bucket was read once nothing is known.
pub(crate) struct Mirror<E: Entry>(Arc<RwLock<Option<Contents<E>>>>);

impl<E: Entry> Clone for Mirror<E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<E: Entry> Default for Mirror<E> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

struct Contents<E: Entry> {
    entries: HashMap<E::Key, E>,
    /// By their keys in the bucket.
    keys: HashMap<String, E::Key>,
}

impl<E: Entry> Mirror<E> {
    pub(crate) fn find<Q>(&self, key: &Q) -> Found<E>
    where
        E::Key: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let contents = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match contents.as_ref() {
            None => Found::NotKnown,
            Some(contents) => contents
                .entries
                .get(key)
                .cloned()
                .map_or(Found::Absent, Found::There),
        }
    }

    /// Mirrors the bucket until told to stop. Every time the watch begins again the mirror is built anew beside the old one,
    /// so that nothing deleted in between survives.
    pub(crate) async fn follow(
        self,
        bus: Bus,
        bucket: Bucket,
        known: Check,
        stop: CancellationToken,
    ) {
        let mirror = async {
            let bucket = bus.bucket::<E::Value>(bucket).await;
            let mut changes = std::pin::pin!(bucket.watch());
            let mut next = None;
            while let Some(change) = changes.next().await {
                if self.apply(change, &mut next) {
                    known.up();
                }
            }
        };
        tokio::select! {
            () = mirror => {}
            () = stop.cancelled() => {}
        }
    }

    /// Whether everything is known now.
    fn apply(&self, change: Change<E::Value>, next: &mut Option<Contents<E>>) -> bool {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match change {
            Change::Began => *next = Some(Contents::default()),
            Change::Put { key, value, .. } => {
                let before = |key: &E::Key| current.as_ref()?.entries.get(key).cloned();
                let entry = E::of(&key, value, before);
                if let Some(contents) = next.as_mut().or(current.as_mut()) {
                    contents.put(key, entry);
                }
            }
            Change::Deleted { key } => {
                if let Some(contents) = next.as_mut().or(current.as_mut()) {
                    contents.put(key, None);
                }
            }
            Change::Synced => {
                if next.is_some() {
                    *current = next.take();
                }
                return true;
            }
        }
        false
    }
}

impl<E: Entry> Default for Contents<E> {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            keys: HashMap::new(),
        }
    }
}

impl<E: Entry> Contents<E> {
    fn put(&mut self, name: String, entry: Option<(E::Key, E)>) {
        if let Some(old) = self.keys.remove(&name) {
            self.entries.remove(&old);
        }
        if let Some((key, entry)) = entry {
            self.keys.insert(name, key.clone());
            self.entries.insert(key, entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct Word(String);

    impl Entry for Word {
        type Value = String;
        type Key = String;

        fn of(
            _: &str,
            value: String,
            _: impl Fn(&String) -> Option<Self>,
        ) -> Option<(String, Self)> {
            (!value.is_empty()).then(|| (value.clone(), Self(value)))
        }
    }

    fn put(key: &str, value: &str) -> Change<String> {
        Change::Put {
            key: key.to_owned(),
            value: value.to_owned(),
            revision: 1,
        }
    }

    fn there(mirror: &Mirror<Word>, key: &str) -> bool {
        matches!(mirror.find(key), Found::There(_))
    }

    #[test]
    fn nothing_is_known_before_everything_is() {
        let (mirror, mut next) = (Mirror::<Word>::default(), None);
        for change in [Change::Began, put("1", "a")] {
            assert!(!mirror.apply(change, &mut next));
            assert!(matches!(mirror.find("a"), Found::NotKnown));
        }
        assert!(mirror.apply(Change::Synced, &mut next));
        assert!(there(&mirror, "a") && !there(&mirror, "b"));
    }

    #[test]
    fn what_changes_its_key_or_goes_is_found_no_more() {
        let (mirror, mut next) = (Mirror::<Word>::default(), None);
        for change in [
            Change::Began,
            put("1", "a"),
            put("2", "b"),
            Change::Synced,
            put("1", "c"),
            Change::Deleted {
                key: "2".to_owned(),
            },
        ] {
            mirror.apply(change, &mut next);
        }
        assert_eq!(
            ["a", "b", "c"].map(|key| there(&mirror, key)),
            [false, false, true]
        );
        for change in [Change::Began, put("1", "d")] {
            mirror.apply(change, &mut next);
        }
        assert!(
            there(&mirror, "c"),
            "the old is good until the new is whole"
        );
        mirror.apply(Change::Synced, &mut next);
        assert!(there(&mirror, "d") && !there(&mirror, "c"));
    }
}
