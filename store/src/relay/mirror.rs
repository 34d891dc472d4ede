//! A bucket that mirrors a table.

use std::collections::{BTreeMap, BTreeSet};

use bus::{Bucket, Bus, Change};
use contract::maintenance::Maintenance;
use contract::monitor::Monitor;
use contract::rule::Rule;
use contract::stream;
use contract::token::Grant;
use futures_util::StreamExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Error;
use crate::tables::{maintenance, monitor, outbox, rule, token};

/// What a bucket holds of a table.
pub(super) trait Mirrored:
    PartialEq + Serialize + DeserializeOwned + Send + 'static
{
    /// What these keys stand for now, or all of them.
    async fn present(
        connection: &mut PgConnection,
        keys: Option<&BTreeSet<String>>,
    ) -> Result<BTreeMap<String, Self>, sqlx::Error>;
}

pub(super) struct Mirror<T> {
    name: &'static str,
    bucket: Bucket<T>,
}

impl<T: Mirrored> Mirror<T> {
    pub(super) async fn open(bus: &Bus, bucket: stream::Bucket) -> Self {
        Self {
            name: bucket.name,
            bucket: bus.bucket(bucket).await,
        }
    }

    /// Makes the bucket equal to its table where the outbox says that it may not be.
    pub(super) async fn follow(
        &self,
        connection: &mut PgConnection,
        rows: &[outbox::Row],
    ) -> Result<(), Error> {
        let own = rows.iter().filter(|row| row.bucket == self.name);
        let keys: BTreeSet<String> = own.map(|row| row.key.clone()).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let present = T::present(connection, Some(&keys)).await?;
        Ok(self.make_equal(keys, &present).await?)
    }

    /// Makes all of the bucket equal to its table.
    pub(super) async fn repair(&self, connection: &mut PgConnection) -> Result<(), Error> {
        // The bucket first: what is in it and not in the table, which is read later, is gone.
        let old = self.contents().await;
        let present = T::present(connection, None).await?;
        let differs = |key: &&String| old.get(*key).and_then(Option::as_ref) != present.get(*key);
        let keys: BTreeSet<String> = old
            .keys()
            .chain(present.keys())
            .filter(differs)
            .cloned()
            .collect();
        tracing::info!(
            bucket = self.name,
            entries = present.len(),
            repaired = keys.len(),
            "compared a bucket with its table"
        );
        Ok(self.make_equal(keys, &present).await?)
    }

    async fn make_equal(
        &self,
        keys: BTreeSet<String>,
        present: &BTreeMap<String, T>,
    ) -> Result<(), bus::UpdateError> {
        for key in keys {
            match present.get(&key) {
                Some(value) => drop(self.bucket.put(&key, value).await?),
                None => self.bucket.delete(&key).await?,
            }
        }
        Ok(())
    }

    /// Everything in the bucket; `None` for what cannot be read.
    async fn contents(&self) -> BTreeMap<String, Option<T>> {
        let mut contents = BTreeMap::new();
        let mut changes = std::pin::pin!(self.bucket.watch());
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
}

impl Mirrored for Monitor {
    async fn present(
        connection: &mut PgConnection,
        keys: Option<&BTreeSet<String>>,
    ) -> Result<BTreeMap<String, Self>, sqlx::Error> {
        let found = monitor::list(connection, ids(keys).as_deref()).await?;
        Ok(found
            .into_iter()
            .map(|it| (it.id.to_string(), it))
            .collect())
    }
}

impl Mirrored for Rule {
    async fn present(
        connection: &mut PgConnection,
        keys: Option<&BTreeSet<String>>,
    ) -> Result<BTreeMap<String, Self>, sqlx::Error> {
        let ids = ids(keys);
        let wanted = rule::Wanted {
            ids: ids.as_deref(),
            ..rule::Wanted::default()
        };
        let found = rule::list(connection, wanted).await?;
        Ok(found
            .into_iter()
            .map(|it| (it.id.to_string(), it))
            .collect())
    }
}

impl Mirrored for Maintenance {
    async fn present(
        connection: &mut PgConnection,
        keys: Option<&BTreeSet<String>>,
    ) -> Result<BTreeMap<String, Self>, sqlx::Error> {
        let ids = ids(keys);
        let wanted = maintenance::Wanted {
            ids: ids.as_deref(),
            ..Default::default()
        };
        let found = maintenance::list(connection, wanted).await?;
        Ok(found
            .into_iter()
            .map(|it| (it.id.to_string(), it))
            .collect())
    }
}

impl Mirrored for Grant {
    async fn present(
        connection: &mut PgConnection,
        keys: Option<&BTreeSet<String>>,
    ) -> Result<BTreeMap<String, Self>, sqlx::Error> {
        let keys: Option<Vec<String>> = keys.map(|keys| keys.iter().cloned().collect());
        let grants = token::grants(connection, keys.as_deref()).await?;
        Ok(grants.into_iter().collect())
    }
}

fn ids(keys: Option<&BTreeSet<String>>) -> Option<Vec<Uuid>> {
    keys.map(|keys| keys.iter().filter_map(|key| key.parse().ok()).collect())
}
