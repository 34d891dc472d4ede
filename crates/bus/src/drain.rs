//! The loop that hands messages to a handler in batches.

mod batch;

use std::sync::Arc;
use std::time::{Duration, Instant};

use contract::stream::Durable;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::consume::kind;
use crate::subscription::Subscription;
use crate::{Bus, Failure, Message, dead, trace};
use batch::Batch;

/// When a batch is full.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub max_messages: usize,
    pub max_bytes: usize,
    /// Counted from the first message.
    pub max_wait: Duration,
}

/// A message of a batch that no retry can help, by its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    pub position: usize,
    pub reason: String,
}

/// Hands the messages of a durable to `handler` in batches, one batch at a time, until told to stop; returns after the last
/// batch is done. All messages of a batch are acknowledged after its handler succeeded, but for those that it names as
/// rejected: they become dead letters. While a batch is processed the next one is fetched and decoded, no more.
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
    F: Future<Output = Result<Vec<Rejected>, Failure>> + Send,
{
    let lane = Lane {
        bus,
        durable,
        limits,
        stop,
    };
    let mut subscription = Subscription::new(bus, durable, limits.max_messages);
    let idle = CancellationToken::new();
    idle.cancel();
    let mut next = lane.fill(&mut subscription, &idle).await;
    while let Some(batch) = next {
        let done = CancellationToken::new();
        let process = async {
            lane.process(batch, &handler).await;
            done.cancel();
        };
        ((), next) = tokio::join!(process, lane.fill(&mut subscription, &done));
    }
    subscription.close().await;
}

struct Lane<'a> {
    bus: &'a Bus,
    durable: &'a Durable,
    limits: Limits,
    stop: &'a CancellationToken,
}

impl Lane<'_> {
    /// The next batch: full, or old enough and the one before it done. `None` once told to stop.
    async fn fill<M: DeserializeOwned>(
        &self,
        subscription: &mut Subscription<'_>,
        done: &CancellationToken,
    ) -> Option<Batch<M>> {
        let first = subscription.next(self.stop).await?;
        let due = async {
            tokio::time::sleep(self.limits.max_wait).await;
            done.cancelled().await;
        };
        tokio::pin!(due);
        let mut batch = Batch::default();
        let mut bytes = first.payload.len();
        batch.add(self.bus, self.durable, first).await;
        while batch.len() < self.limits.max_messages && bytes < self.limits.max_bytes {
            let message = tokio::select! {
                message = subscription.next(self.stop) => message,
                () = &mut due => break,
            };
            // What is in hand when told to stop is still processed.
            let Some(message) = message else { break };
            bytes += message.payload.len();
            batch.add(self.bus, self.durable, message).await;
        }
        Some(batch)
    }

    async fn process<M, H, F>(&self, batch: Batch<M>, handler: &H)
    where
        M: Clone,
        H: Fn(Arc<[Message<M>]>) -> F,
        F: Future<Output = Result<Vec<Rejected>, Failure>>,
    {
        let mut work = vec![batch];
        while let Some(part) = work.pop() {
            if let Some((left, right)) = self.settle(part, handler).await {
                work.push(right);
                work.push(left);
            }
        }
    }

    /// Processes a batch to its end, or returns its two halves.
    async fn settle<M, H, F>(&self, batch: Batch<M>, handler: &H) -> Option<(Batch<M>, Batch<M>)>
    where
        M: Clone,
        H: Fn(Arc<[Message<M>]>) -> F,
        F: Future<Output = Result<Vec<Rejected>, Failure>>,
    {
        let (raw, messages) = batch.shared();
        if raw.is_empty() {
            return None;
        }
        loop {
            match self.attempt(&messages, handler).await {
                Ok(rejected) => {
                    batch::conclude(self.bus, self.durable, &raw, &rejected).await;
                    return None;
                }
                Err(Failure::Retry { after, reason }) => {
                    tracing::warn!(
                        durable = self.durable.name,
                        reason,
                        messages = raw.len(),
                        after_ms = after.as_millis(),
                        "batch will be tried again"
                    );
                    tokio::select! {
                        () = tokio::time::sleep(after) => {}
                        () = self.stop.cancelled() => return None,
                    }
                }
                Err(Failure::Reject { reason }) if raw.len() == 1 => {
                    dead::bury(self.bus, self.durable, &raw[0], &reason).await;
                    return None;
                }
                Err(Failure::Reject { .. }) => return Some(batch::halves(raw, &messages)),
            }
        }
    }

    async fn attempt<M, H, F>(
        &self,
        messages: &Arc<[Message<M>]>,
        handler: &H,
    ) -> Result<Vec<Rejected>, Failure>
    where
        H: Fn(Arc<[Message<M>]>) -> F,
        F: Future<Output = Result<Vec<Rejected>, Failure>>,
    {
        let template = self.durable.template;
        let headers = messages.iter().map(|message| &message.headers);
        let span = trace::batch_span(template, &self.durable.name, headers);
        let begun = Instant::now();
        let outcome = handler(Arc::clone(messages)).instrument(span.clone()).await;
        let error = outcome.as_ref().err().map(kind);
        if let Some(error) = error {
            trace::fail(&span, error);
        }
        self.bus.metrics.process(template, begun.elapsed(), error);
        self.bus.metrics.batch(template, messages.len());
        outcome
    }
}
