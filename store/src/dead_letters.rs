//! `DEAD_LETTERS` of notifiers into a table, where their tenant can read them and have them sent again.

use std::sync::Arc;

use bus::{Bus, Failure, Message};
use contract::channel::Notification;
use contract::{header, stream};
use tokio_util::sync::CancellationToken;

use crate::database::{Database, Scope};
use crate::tables::dead_letter;
use crate::writer;

const CONCURRENCY: usize = 4;

/// Stores dead letters until told to stop; each once, whatever is delivered twice.
pub(crate) async fn run(database: Database, bus: Bus, stop: CancellationToken) {
    let handle = move |message: Arc<Message<Notification>>| {
        let database = database.clone();
        async move { settle(store(&database, &message).await) }
    };
    bus::consume(
        &bus,
        &stream::store_dead_letters(),
        CONCURRENCY,
        &stop,
        handle,
    )
    .await;
}

async fn store(database: &Database, message: &Message<Notification>) -> Result<(), sqlx::Error> {
    let reason = message.header(header::DEAD_REASON).unwrap_or_default();
    let scope = Scope::Tenant(message.body.tenant);
    let mut transaction = database.begin(scope).await?;
    dead_letter::upsert(
        &mut transaction,
        &message.body,
        reason,
        message.published_at,
    )
    .await?;
    transaction.commit().await
}

/// What can never be stored is a dead letter already: it stays in its stream, and nowhere else.
fn settle(stored: Result<(), sqlx::Error>) -> Result<(), Failure> {
    match stored.map_err(|error| writer::failure(&error)) {
        Err(Failure::Reject { reason }) => {
            tracing::warn!(reason, "a dead letter cannot be kept for its tenant");
            Ok(())
        }
        outcome => outcome,
    }
}
