//! The loop that hands messages to a handler in batches.

mod batch;

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::jetstream;
use contract::fault::Kind;
use contract::stream::Durable;
use serde::de::DeserializeOwned;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use crate::consume::kind;
use crate::subscription::Subscription;
use crate::{Bus, Failure, Message, dead, trace};
use batch::Batch;

/// When a batch is full, and how many are processed at a time.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub max_messages: usize,
    pub max_bytes: usize,
    /// Counted from the first message.
    pub max_wait: Duration,
    /// More than one where neither their order matters nor that they run side by side.
    pub batches: usize,
}

/// A message of a batch that no retry can help, by its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    pub position: usize,
    pub reason: String,
}

/// Hands the messages of a durable to `handler` in batches until told to stop; returns after the last batch is done. All
/// messages of a batch are acknowledged after its handler succeeded, but for those that it names as rejected: they become
/// dead letters. Each batch is decoded and processed by a task of its own; meanwhile the next one is fetched, no more.
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
    H: Fn(Arc<[Message<M>]>) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Vec<Rejected>, Failure>> + Send,
{
    let lane = Arc::new(Lane {
        bus: bus.clone(),
        durable: durable.clone(),
        stop: stop.clone(),
        handler,
    });
    let mut subscription = Subscription::new(bus, durable, limits.max_messages);
    let places = Arc::new(Semaphore::new(limits.batches));
    let mut running = JoinSet::new();
    while let Some((batch, place)) = fill(&mut subscription, limits, &places, stop).await {
        let lane = Arc::clone(&lane);
        running.spawn(async move {
            lane.process(batch).await;
            drop(place);
        });
        while let Some(done) = running.try_join_next() {
            carry_on(done);
        }
    }
    while let Some(done) = running.join_next().await {
        carry_on(done);
    }
    subscription.close().await;
}

/// A handler that panics takes the lane with it, as if there were no task between them.
fn carry_on(done: Result<(), JoinError>) {
    if let Err(error) = done
        && error.is_panic()
    {
        std::panic::resume_unwind(error.into_panic());
    }
}

/// The next batch, full or old enough, and its place among those that are processed. `None` once told to stop.
async fn fill(
    subscription: &mut Subscription<'_>,
    limits: Limits,
    places: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Option<(Vec<jetstream::Message>, OwnedSemaphorePermit)> {
    let first = subscription.next(stop).await?;
    let mut bytes = first.payload.len();
    let mut batch = vec![first];
    let mut old = pin!(tokio::time::sleep(limits.max_wait));
    // Asked for once: who asks again stands behind itself in the queue, and waits for one place more.
    let mut place = pin!(place(places));
    while batch.len() < limits.max_messages && bytes < limits.max_bytes {
        let due = async {
            old.as_mut().await;
            place.as_mut().await
        };
        let message = tokio::select! {
            message = subscription.next(stop) => message,
            place = due => return Some((batch, place)),
        };
        // What is in hand when told to stop is still processed.
        let Some(message) = message else { break };
        bytes += message.payload.len();
        batch.push(message);
    }
    Some((batch, place.await))
}

async fn place(places: &Arc<Semaphore>) -> OwnedSemaphorePermit {
    let place = Arc::clone(places).acquire_owned().await;
    place.expect("the semaphore is never closed")
}

struct Lane<H> {
    bus: Bus,
    durable: Durable,
    stop: CancellationToken,
    handler: H,
}

impl<H> Lane<H> {
    async fn process<M, F>(&self, messages: Vec<jetstream::Message>)
    where
        M: DeserializeOwned + Clone,
        H: Fn(Arc<[Message<M>]>) -> F,
        F: Future<Output = Result<Vec<Rejected>, Failure>>,
    {
        let mut work = vec![Batch::decode(&self.bus, &self.durable, messages).await];
        while let Some(part) = work.pop() {
            if let Some((left, right)) = self.settle(part).await {
                work.push(right);
                work.push(left);
            }
        }
    }

    /// Processes a batch to its end, or returns its two halves.
    async fn settle<M, F>(&self, batch: Batch<M>) -> Option<(Batch<M>, Batch<M>)>
    where
        M: Clone,
        H: Fn(Arc<[Message<M>]>) -> F,
        F: Future<Output = Result<Vec<Rejected>, Failure>>,
    {
        let (raw, messages) = batch.shared();
        if raw.is_empty() {
            return None;
        }
        let mut headers = messages.iter().map(|message| &message.headers);
        let unobserved = headers.all(trace::is_unobserved);
        let work = self.settle_shared(raw, messages);
        trace::observe(&Span::none(), unobserved, work).await
    }

    async fn settle_shared<M, F>(
        &self,
        raw: Vec<jetstream::Message>,
        messages: Arc<[Message<M>]>,
    ) -> Option<(Batch<M>, Batch<M>)>
    where
        M: Clone,
        H: Fn(Arc<[Message<M>]>) -> F,
        F: Future<Output = Result<Vec<Rejected>, Failure>>,
    {
        loop {
            match self.attempt(&messages).await {
                Ok(rejected) => {
                    batch::conclude(&self.bus, &self.durable, &raw, &rejected).await;
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
                    dead::bury(&self.bus, &self.durable, &raw[0], &reason).await;
                    return None;
                }
                Err(Failure::Reject { .. }) => return Some(batch::halves(raw, &messages)),
            }
        }
    }

    async fn attempt<M, F>(&self, messages: &Arc<[Message<M>]>) -> Result<Vec<Rejected>, Failure>
    where
        H: Fn(Arc<[Message<M>]>) -> F,
        F: Future<Output = Result<Vec<Rejected>, Failure>>,
    {
        let template = self.durable.template;
        let span = trace::batch_span(&self.durable, messages);
        self.bus.metrics.begin(template, messages);
        let begun = Instant::now();
        let work = async {
            self.bus.faults.delay(Kind::ConsumerSlow).await;
            (self.handler)(Arc::clone(messages)).await
        };
        let outcome = work.instrument(span.clone()).await;
        let error = outcome.as_ref().err().map(kind);
        if let Some(error) = error {
            trace::fail(&span, error);
        }
        self.bus.metrics.process(template, begun.elapsed(), error);
        outcome
    }
}
