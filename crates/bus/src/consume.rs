//! The loop that hands messages to a handler, one by one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::jetstream;
use async_nats::jetstream::AckKind;
use contract::fault::Kind;
use contract::stream::{Durable, Sharing};
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::subscription::Subscription;
use crate::{Bus, Message, dead, trace};

/// Messages fetched at a time by who alone is given any: asking for each by itself would cost as much as the rest.
const PINNED_PREFETCH: usize = 32;

/// What should become of a message whose handler did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The cause will pass: deliver it again, not before `after`.
    #[error("{reason}")]
    Retry { after: Duration, reason: String },
    /// No retry can help: a dead letter.
    #[error("{reason}")]
    Reject { reason: String },
}

impl Failure {
    /// Again in one second.
    pub fn retry(reason: &(impl ToString + ?Sized)) -> Self {
        Self::Retry {
            after: Duration::from_secs(1),
            reason: reason.to_string(),
        }
    }

    pub fn reject(reason: &(impl ToString + ?Sized)) -> Self {
        Self::Reject {
            reason: reason.to_string(),
        }
    }
}

/// Hands the messages of a durable to `handler`, at most `concurrency` at a time (one where the order matters), until told
/// to stop; returns after the last one is done. A message is acknowledged after its handler succeeded.
pub async fn consume<M, H, F>(
    bus: &Bus,
    durable: &Durable,
    concurrency: usize,
    stop: &CancellationToken,
    handler: H,
) where
    M: DeserializeOwned + Send + Sync + 'static,
    H: Fn(Arc<Message<M>>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<(), Failure>> + Send + 'static,
{
    let concurrency = if durable.sharing == Sharing::Ordered {
        1
    } else {
        concurrency.max(1)
    };
    let prefetch = match durable.sharing {
        Sharing::Pinned => concurrency.max(PINNED_PREFETCH),
        Sharing::Ordered | Sharing::Shared => concurrency,
    };
    let mut subscription = Subscription::new(bus, durable, prefetch);
    let mut running = JoinSet::new();
    while let Some(raw) = subscription.next(stop).await {
        let (bus, durable, handler) = (bus.clone(), durable.clone(), handler.clone());
        running.spawn(async move { process(&bus, &durable, raw, handler).await });
        while running.len() >= concurrency {
            running.join_next().await;
        }
        while running.try_join_next().is_some() {}
    }
    subscription.close().await;
    while running.join_next().await.is_some() {}
}

async fn process<M, H, F>(bus: &Bus, durable: &Durable, raw: jetstream::Message, handler: H)
where
    M: DeserializeOwned,
    H: Fn(Arc<Message<M>>) -> F,
    F: Future<Output = Result<(), Failure>>,
{
    let message = match Message::decode(&raw) {
        Ok(message) => Arc::new(message),
        Err(reason) => return dead::bury(bus, durable, &raw, &reason).await,
    };
    let span = trace::process_span(durable, &message);
    let unobserved = trace::is_unobserved(&message.headers);
    bus.metrics
        .begin(durable.template, std::slice::from_ref(&*message));
    let begun = Instant::now();
    let work = async {
        let task = async {
            bus.faults.delay(Kind::ConsumerSlow).await;
            handler(message).await
        };
        let outcome = with_progress(&raw, durable.ack_wait, task).await;
        settle(bus, durable, &raw, &outcome).await;
        outcome
    };
    let outcome = trace::observe(&span, unobserved, work).await;
    let error = outcome.as_ref().err().map(kind);
    if let Some(error) = error {
        trace::fail(&span, error);
    }
    bus.metrics
        .process(durable.template, begun.elapsed(), error);
}

/// Tells the server that the message is still worked on, so that a slow handler is not taken for a dead one.
async fn with_progress<T>(
    raw: &jetstream::Message,
    ack_wait: Duration,
    work: impl Future<Output = T>,
) -> T {
    tokio::pin!(work);
    loop {
        tokio::select! {
            outcome = &mut work => return outcome,
            () = tokio::time::sleep(ack_wait / 3) => {
                if let Err(error) = raw.ack_with(AckKind::Progress).await {
                    tracing::debug!(%error, "could not prolong a message");
                }
            }
        }
    }
}

async fn settle(
    bus: &Bus,
    durable: &Durable,
    raw: &jetstream::Message,
    outcome: &Result<(), Failure>,
) {
    let verdict = match outcome {
        Ok(()) if bus.faults.strikes(Kind::AcksDropped) => return,
        Ok(()) => AckKind::Ack,
        Err(Failure::Retry { after, reason }) => {
            tracing::warn!(
                durable = durable.name,
                reason,
                after_ms = after.as_millis(),
                "message will be delivered again"
            );
            AckKind::Nak(Some(*after))
        }
        Err(Failure::Reject { reason }) => return dead::bury(bus, durable, raw, reason).await,
    };
    if let Err(error) = raw.ack_with(verdict).await {
        tracing::warn!(durable = durable.name, %error, "could not acknowledge; the message will be delivered again");
    }
}

pub(crate) fn kind(failure: &Failure) -> &'static str {
    match failure {
        Failure::Retry { .. } => "retry",
        Failure::Reject { .. } => "reject",
    }
}
