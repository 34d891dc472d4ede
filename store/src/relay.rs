//! Keeps the buckets `monitors` and `tokens` equal to the tables they mirror.
//!
//! A change writes its key into `outbox` in its own transaction. Whoever relays takes a lock, reads what the key stands
//! for now, puts or deletes it, and forgets the key; doing that twice changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bus::{Bucket, Bus, Change};
use contract::monitor::Monitor;
use contract::stream;
use contract::token::Grant;
use futures_util::StreamExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::PgConnection;
use sqlx::postgres::PgListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::database::{Database, Scope};
use crate::tables::{monitor, outbox, token};

/// How often to look although nothing was heard.
const POLL: Duration = Duration::from_secs(5);
const RETRY: Duration = Duration::from_secs(1);

struct Relay {
    database: Database,
    monitors: Bucket<Monitor>,
    tokens: Bucket<Grant>,
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Bucket(#[from] bus::UpdateError),
}

/// Repairs the buckets, then relays changes until told to stop.
pub(crate) async fn run(database: Database, bus: Bus, stop: CancellationToken) {
    let work = async {
        let relay = Relay {
            monitors: bus.bucket(stream::MONITORS).await,
            tokens: bus.bucket(stream::TOKENS).await,
            database,
        };
        while let Err(error) = relay.repair().await {
            tracing::warn!(%error, "cannot compare the buckets with the tables; trying again in 1 s");
            tokio::time::sleep(RETRY).await;
        }
        loop {
            if let Err(error) = relay.listen().await {
                tracing::warn!(%error, "cannot relay changes; trying again in 1 s");
            }
            tokio::time::sleep(RETRY).await;
        }
    };
    // A portion that is cut off is taken again by the next one to relay.
    let _ = stop.run_until_cancelled(Box::pin(work)).await;
}

impl Relay {
    /// Relays whenever a change was committed anywhere. Returns only with an error.
    async fn listen(&self) -> Result<(), Error> {
        let mut listener = PgListener::connect_with(self.database.pool()).await?;
        listener.listen(outbox::CHANNEL).await?;
        loop {
            while self.portion().await? {}
            if let Ok(heard) = tokio::time::timeout(POLL, listener.recv()).await {
                heard?;
                while listener.next_buffered().is_some() {}
            }
        }
    }

    /// Relays some of what waits; false when nothing did.
    async fn portion(&self) -> Result<bool, Error> {
        let mut transaction = self.database.begin(Scope::Relay).await?;
        if outbox::is_empty(&mut transaction).await? {
            return Ok(false);
        }
        outbox::lock(&mut transaction).await?;
        let rows = outbox::portion(&mut transaction).await?;
        let keys = |bucket: stream::Bucket| -> BTreeSet<String> {
            let of_bucket = rows.iter().filter(|row| row.bucket == bucket.name);
            of_bucket.map(|row| row.key.clone()).collect()
        };
        let (monitors, tokens) = (keys(stream::MONITORS), keys(stream::TOKENS));
        let present = monitor_entries(&mut transaction, Some(&monitors)).await?;
        mirror(&self.monitors, monitors, present).await?;
        let present = token_entries(&mut transaction, Some(&tokens)).await?;
        mirror(&self.tokens, tokens, present).await?;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        outbox::delete(&mut transaction, &ids).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Compares everything: for a bucket that lost something, or a table that was restored.
    async fn repair(&self) -> Result<(), Error> {
        let mut transaction = self.database.begin(Scope::Relay).await?;
        outbox::lock(&mut transaction).await?;
        // The bucket first: what is in it and not in the table, which is read later, is gone.
        let old = contents(&self.monitors).await;
        let present = monitor_entries(&mut transaction, None).await?;
        mirror_difference(&self.monitors, &old, present).await?;
        let old = contents(&self.tokens).await;
        let present = token_entries(&mut transaction, None).await?;
        mirror_difference(&self.tokens, &old, present).await?;
        Ok(transaction.commit().await?)
    }
}

async fn monitor_entries(
    connection: &mut PgConnection,
    keys: Option<&BTreeSet<String>>,
) -> Result<BTreeMap<String, Monitor>, sqlx::Error> {
    let ids: Option<Vec<Uuid>> =
        keys.map(|keys| keys.iter().filter_map(|key| key.parse().ok()).collect());
    let monitors = monitor::list(connection, ids.as_deref()).await?;
    Ok(monitors
        .into_iter()
        .map(|monitor| (monitor.id.to_string(), monitor))
        .collect())
}

async fn token_entries(
    connection: &mut PgConnection,
    keys: Option<&BTreeSet<String>>,
) -> Result<BTreeMap<String, Grant>, sqlx::Error> {
    let keys: Option<Vec<String>> = keys.map(|keys| keys.iter().cloned().collect());
    Ok(token::grants(connection, keys.as_deref())
        .await?
        .into_iter()
        .collect())
}

/// Makes these keys of a bucket equal to what is present.
async fn mirror<T: Serialize + DeserializeOwned + Send + 'static>(
    bucket: &Bucket<T>,
    keys: BTreeSet<String>,
    present: BTreeMap<String, T>,
) -> Result<(), bus::UpdateError> {
    for key in keys {
        match present.get(&key) {
            Some(value) => drop(bucket.put(&key, value).await?),
            None => bucket.delete(&key).await?,
        }
    }
    Ok(())
}

async fn mirror_difference<T: PartialEq + Serialize + DeserializeOwned + Send + 'static>(
    bucket: &Bucket<T>,
    old: &BTreeMap<String, Option<T>>,
    present: BTreeMap<String, T>,
) -> Result<(), bus::UpdateError> {
    let differs = |key: &&String| old.get(*key).and_then(Option::as_ref) != present.get(*key);
    let keys: BTreeSet<String> = old
        .keys()
        .chain(present.keys())
        .filter(differs)
        .cloned()
        .collect();
    tracing::info!(
        entries = present.len(),
        repaired = keys.len(),
        "compared a bucket with its table"
    );
    mirror(bucket, keys, present).await
}

/// Everything in a bucket; `None` for what cannot be read.
async fn contents<T: Serialize + DeserializeOwned + Send + 'static>(
    bucket: &Bucket<T>,
) -> BTreeMap<String, Option<T>> {
    let mut contents = BTreeMap::new();
    let mut changes = std::pin::pin!(bucket.watch());
    while let Some(change) = changes.next().await {
        match change {
            Change::Began => contents.clear(),
            Change::Put { key, value, .. } => drop(contents.insert(key, Some(value))),
            Change::Deleted { key } => drop(contents.remove(&key)),
            Change::Synced => break,
        }
    }
    contents
}
