//! Typed key-value buckets.

use std::marker::PhantomData;
use std::time::Duration;

use async_nats::jetstream::kv::{self, Operation, Store};
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt, TryStreamExt};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Bus;

/// A value and the revision it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<T> {
    pub value: T,
    pub revision: u64,
}

/// What a watch tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<T> {
    /// Everything in the bucket follows: what is not told again is gone.
    Began,
    Put {
        key: String,
        value: T,
        revision: u64,
    },
    Deleted {
        key: String,
    },
    /// Everything that was in the bucket when the watch began has been told.
    Synced,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    /// Somebody else wrote in between: read again.
    #[error("the entry has another revision")]
    Conflict,
    #[error("the bucket gave no answer: {0}")]
    Unavailable(String),
}

/// A bucket whose values are JSON of `T`.
pub struct Bucket<T> {
    store: Store,
    values: PhantomData<fn() -> T>,
}

impl<T> Clone for Bucket<T> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
            values: PhantomData,
        }
    }
}

impl Bus {
    /// Opens a bucket; waits for as long as it does not exist or the server is away.
    pub async fn bucket<T>(&self, bucket: contract::stream::Bucket) -> Bucket<T> {
        loop {
            match self.jetstream.get_key_value(bucket.name).await {
                Ok(store) => {
                    return Bucket {
                        store,
                        values: PhantomData,
                    };
                }
                Err(error) => {
                    tracing::warn!(bucket = bucket.name, %error, "waiting for the bucket; trying again in 1 s");
                }
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

impl<T: Serialize + DeserializeOwned + Send + 'static> Bucket<T> {
    /// `None` where there is nothing, or nothing readable.
    pub async fn get(&self, key: &str) -> Result<Option<Entry<T>>, UpdateError> {
        let entry = self
            .store
            .entry(key)
            .await
            .map_err(|error| unavailable(&error))?;
        let entry = entry.filter(|entry| entry.operation == Operation::Put);
        Ok(entry.and_then(|entry| {
            Some(Entry {
                value: decode(&entry)?,
                revision: entry.revision,
            })
        }))
    }

    /// Writes whatever was there before. Returns the new revision.
    pub async fn put(&self, key: &str, value: &T) -> Result<u64, UpdateError> {
        self.store
            .put(key, encode(value)?.into())
            .await
            .map_err(|error| unavailable(&error))
    }

    /// Writes only where there is nothing.
    pub async fn create(&self, key: &str, value: &T) -> Result<u64, UpdateError> {
        self.store
            .create(key, encode(value)?.into())
            .await
            .map_err(|error| match error.kind() {
                kv::CreateErrorKind::AlreadyExists => UpdateError::Conflict,
                _ => unavailable(&error),
            })
    }

    /// Writes only where the revision still is `revision`.
    pub async fn update(&self, key: &str, value: &T, revision: u64) -> Result<u64, UpdateError> {
        self.store
            .update(key, encode(value)?.into(), revision)
            .await
            .map_err(|error| match error.kind() {
                kv::UpdateErrorKind::WrongLastRevision => UpdateError::Conflict,
                _ => unavailable(&error),
            })
    }

    pub async fn delete(&self, key: &str) -> Result<(), UpdateError> {
        self.store
            .delete(key)
            .await
            .map_err(|error| unavailable(&error))
    }

    /// The keys that have a value.
    pub async fn keys(&self) -> Result<Vec<String>, UpdateError> {
        let keys = self
            .store
            .keys()
            .await
            .map_err(|error| unavailable(&error))?;
        keys.try_collect()
            .await
            .map_err(|error| unavailable(&error))
    }

    /// [`Change::Began`], everything in the bucket, [`Change::Synced`], then every change, for ever: a watch that breaks
    /// begins again.
    pub fn watch(&self) -> impl Stream<Item = Change<T>> + Send + use<T> {
        let bucket = self.clone();
        stream::unfold(bucket, |bucket| async move {
            let changes = bucket.watch_once().await;
            Some((changes, bucket))
        })
        .flatten()
    }

    async fn watch_once(&self) -> BoxStream<'static, Change<T>> {
        loop {
            match self.begin_watch().await {
                Ok(changes) => return changes,
                Err(error) => {
                    tracing::warn!(bucket = self.store.name, %error, "cannot watch the bucket; trying again in 1 s");
                }
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    async fn begin_watch(&self) -> Result<BoxStream<'static, Change<T>>, UpdateError> {
        // The store's own status is the one of when it was opened.
        let info = self
            .store
            .stream
            .get_info()
            .await
            .map_err(|error| unavailable(&error))?;
        let watch = self
            .store
            .watch_with_history(">")
            .await
            .map_err(|error| unavailable(&error))?;
        let mut synced = info.state.messages == 0;
        let begin = [Change::Began]
            .into_iter()
            .chain(synced.then_some(Change::Synced));
        let changes = watch
            .map_err(|error| tracing::warn!(%error, "a watch broke and begins again"))
            .take_while(|entry| std::future::ready(entry.is_ok()))
            .filter_map(|entry| std::future::ready(entry.ok()))
            .flat_map(move |entry| {
                let newly_synced = !synced && entry.seen_current;
                synced |= newly_synced;
                stream::iter(
                    change(&entry)
                        .into_iter()
                        .chain(newly_synced.then_some(Change::Synced)),
                )
            });
        Ok(stream::iter(begin.collect::<Vec<_>>())
            .chain(changes)
            .boxed())
    }
}

fn change<T: DeserializeOwned>(entry: &kv::Entry) -> Option<Change<T>> {
    let key = entry.key.clone();
    match entry.operation {
        Operation::Put => decode(entry).map(|value| Change::Put {
            key,
            value,
            revision: entry.revision,
        }),
        Operation::Delete | Operation::Purge => Some(Change::Deleted { key }),
    }
}

fn decode<T: DeserializeOwned>(entry: &kv::Entry) -> Option<T> {
    serde_json::from_slice(&entry.value)
        .inspect_err(|error| tracing::error!(bucket = entry.bucket, key = entry.key, %error, "an entry cannot be read"))
        .ok()
}

fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, UpdateError> {
    serde_json::to_vec(value).map_err(|error| UpdateError::Unavailable(error.to_string()))
}

fn unavailable(error: &dyn std::fmt::Display) -> UpdateError {
    UpdateError::Unavailable(error.to_string())
}
