//! The loop that hands messages to a handler in batches.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::jetstream;
use async_nats::jetstream::AckKind;
use contract::stream::Durable;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::consume::kind;
use crate::subscription::Subscription;
use crate::{Bus, Failure, Message, dead, trace};

/// When a batch is full.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub max_messages: usize,
    pub max_bytes: usize,
    /// Counted from the first message.
    pub max_wait: Duration,
}

/// Hands the messages of a durable to `handler` in batches, one batch at a time, until told to stop; returns after the last
/// batch is done. All messages of a batch are acknowledged after its handler succeeded.
///
/// On [`Failure::Retry`] the same batch is tried again, so nothing more is fetched and memory stays bounded. On
/// [`Failure::Reject`] the batch is halved until the message that cannot be processed stands alone and is dead-lettered.
///
/// After a takeover later messages may come before redelivered ones: make the effect idempotent by key, and do not keep a
/// position. [`Message::delivered`] says whether a message may have been processed before.
pub async fn drain<M, H, F>(
    bus: &Bus,
    durable: &Durable,
    limits: Limits,
    stop: &CancellationToken,
    handler: H,
) where
    M: DeserializeOwned + Clone + Send + Sync + 'static,
    H: Fn(Arc<[Message<M>]>) -> F + Send + Sync,
    F: Future<Output = Result<(), Failure>> + Send,
{
    let mut subscription = Subscription::new(bus, durable, limits.max_messages);
    while let Some(first) = subscription.next(stop).await {
        let raw = fill(&mut subscription, first, limits, stop).await;
        let batch = decode(bus, durable, raw).await;
        let mut work = vec![batch];
        while let Some(part) = work.pop() {
            if let Some((left, right)) = settle(bus, durable, part, stop, &handler).await {
                work.push(right);
                work.push(left);
            }
        }
    }
    subscription.close().await;
}

type Batch<M> = Vec<(jetstream::Message, Message<M>)>;

async fn fill(
    subscription: &mut Subscription<'_>,
    first: jetstream::Message,
    limits: Limits,
    stop: &CancellationToken,
) -> Vec<jetstream::Message> {
    let deadline = tokio::time::Instant::now() + limits.max_wait;
    let mut bytes = first.payload.len();
    let mut batch = vec![first];
    while batch.len() < limits.max_messages && bytes < limits.max_bytes {
        match tokio::time::timeout_at(deadline, subscription.next(stop)).await {
            Ok(Some(message)) => {
                bytes += message.payload.len();
                batch.push(message);
            }
            Ok(None) | Err(_) => break,
        }
    }
    batch
}

async fn decode<M: DeserializeOwned>(
    bus: &Bus,
    durable: &Durable,
    raw: Vec<jetstream::Message>,
) -> Batch<M> {
    let mut batch = Vec::with_capacity(raw.len());
    for raw in raw {
        match Message::decode(&raw) {
            Ok(message) => batch.push((raw, message)),
            Err(reason) => dead::bury(bus, durable, &raw, &reason).await,
        }
    }
    batch
}

/// Processes a batch to its end, or returns its two halves.
async fn settle<M, H, F>(
    bus: &Bus,
    durable: &Durable,
    batch: Batch<M>,
    stop: &CancellationToken,
    handler: &H,
) -> Option<(Batch<M>, Batch<M>)>
where
    M: Clone,
    H: Fn(Arc<[Message<M>]>) -> F,
    F: Future<Output = Result<(), Failure>>,
{
    if batch.is_empty() {
        return None;
    }
    let messages: Arc<[Message<M>]> = batch.iter().map(|(_, message)| message.clone()).collect();
    loop {
        match attempt(bus, durable, &messages, handler).await {
            Ok(()) => {
                acknowledge(durable, &batch).await;
                return None;
            }
            Err(Failure::Retry { after, reason }) => {
                tracing::warn!(
                    durable = durable.name,
                    reason,
                    messages = batch.len(),
                    after_ms = after.as_millis(),
                    "batch will be tried again"
                );
                tokio::select! {
                    () = tokio::time::sleep(after) => {}
                    () = stop.cancelled() => return None,
                }
            }
            Err(Failure::Reject { reason }) if batch.len() == 1 => {
                dead::bury(bus, durable, &batch[0].0, &reason).await;
                return None;
            }
            Err(Failure::Reject { .. }) => return Some(halve(batch)),
        }
    }
}

async fn attempt<M, H, F>(
    bus: &Bus,
    durable: &Durable,
    messages: &Arc<[Message<M>]>,
    handler: &H,
) -> Result<(), Failure>
where
    H: Fn(Arc<[Message<M>]>) -> F,
    F: Future<Output = Result<(), Failure>>,
{
    let span = trace::batch_span(
        durable.template,
        &durable.name,
        messages.iter().map(|message| &message.headers),
    );
    let begun = Instant::now();
    let outcome = handler(Arc::clone(messages)).instrument(span.clone()).await;
    let error = outcome.as_ref().err().map(kind);
    if let Some(error) = error {
        trace::fail(&span, error);
    }
    bus.metrics
        .process(durable.template, begun.elapsed(), error);
    bus.metrics.batch(durable.template, messages.len());
    outcome
}

async fn acknowledge<M>(durable: &Durable, batch: &Batch<M>) {
    for (raw, _) in batch {
        if let Err(error) = raw.ack_with(AckKind::Ack).await {
            tracing::warn!(durable = durable.name, %error, "could not acknowledge; messages will be delivered again");
            return;
        }
    }
}

fn halve<M>(mut batch: Batch<M>) -> (Batch<M>, Batch<M>) {
    let right = batch.split_off(batch.len() / 2);
    (batch, right)
}
