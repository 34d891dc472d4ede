//! Keeps buckets equal to the tables they mirror.
//!
//! A change writes its key into `outbox` in its own transaction. Whoever relays takes a lock, reads what the key stands
//! for now, puts or deletes it, and forgets the key; doing that twice changes nothing.

mod mirror;

use std::time::Duration;

use bus::Bus;
use contract::maintenance::Maintenance;
use contract::monitor::Monitor;
use contract::rule::Rule;
use contract::stream;
use contract::token::Grant;
use sqlx::postgres::PgListener;
use tokio_util::sync::CancellationToken;

use crate::database::{Database, Scope};
use crate::tables::outbox;
use mirror::Mirror;

/// How often to look although nothing was heard.
const POLL: Duration = Duration::from_secs(5);
const RETRY: Duration = Duration::from_secs(1);

struct Relay {
    database: Database,
    monitors: Mirror<Monitor>,
    tokens: Mirror<Grant>,
    rules: Mirror<Rule>,
    maintenances: Mirror<Maintenance>,
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
            monitors: Mirror::open(&bus, stream::MONITORS).await,
            tokens: Mirror::open(&bus, stream::TOKENS).await,
            rules: Mirror::open(&bus, stream::RULES).await,
            maintenances: Mirror::open(&bus, stream::MAINTENANCES).await,
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
        self.monitors.follow(&mut transaction, &rows).await?;
        self.tokens.follow(&mut transaction, &rows).await?;
        self.rules.follow(&mut transaction, &rows).await?;
        self.maintenances.follow(&mut transaction, &rows).await?;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        outbox::delete(&mut transaction, &ids).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Compares everything: for a bucket that lost something, or a table that was restored.
    async fn repair(&self) -> Result<(), Error> {
        let mut transaction = self.database.begin(Scope::Relay).await?;
        outbox::lock(&mut transaction).await?;
        self.monitors.repair(&mut transaction).await?;
        self.tokens.repair(&mut transaction).await?;
        self.rules.repair(&mut transaction).await?;
        self.maintenances.repair(&mut transaction).await?;
        Ok(transaction.commit().await?)
    }
}
