//! The stream of messages of a durable, opened again whenever it breaks.

use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::pull::{Config, Stream};
use contract::stream::{Durable, PINNED_GROUP, Sharing};
use futures_util::{FutureExt, StreamExt};
use tokio_util::sync::CancellationToken;

use crate::Bus;

const RETRY: Duration = Duration::from_secs(1);
const HEARTBEAT: Duration = Duration::from_secs(2);
const EXPIRES: Duration = Duration::from_secs(30);
/// Most bytes that are on their way to one reader. Without this bound a backlog of many durables fills the one connection they
/// share, heartbeats arrive too late behind it, and the subscriptions break while they are being served.
const PREFETCH_BYTES: usize = 4 << 20;

/// Messages of one durable, for one reader.
pub(crate) struct Subscription<'a> {
    bus: &'a Bus,
    durable: &'a Durable,
    prefetch: usize,
    open: Option<Stream>,
}

impl<'a> Subscription<'a> {
    pub(crate) fn new(bus: &'a Bus, durable: &'a Durable, prefetch: usize) -> Self {
        bus.lag.watch(durable);
        Self {
            bus,
            durable,
            prefetch,
            open: None,
        }
    }

    /// The next message, or `None` once told to stop. Waits through every outage.
    pub(crate) async fn next(&mut self, stop: &CancellationToken) -> Option<jetstream::Message> {
        loop {
            let pull = async {
                let stream = match &mut self.open {
                    Some(stream) => stream,
                    None => self
                        .open
                        .insert(open(self.bus, self.durable, self.prefetch).await?),
                };
                stream
                    .next()
                    .await
                    .ok_or_else(|| "the subscription ended".to_owned())?
                    .map_err(|error| error.to_string())
            };
            let outcome: Result<jetstream::Message, String> = tokio::select! {
                outcome = pull => outcome,
                () = stop.cancelled() => return None,
            };
            match outcome {
                Ok(message) => return Some(message),
                Err(error) => self.reopen_later(&error, stop).await,
            }
        }
    }

    /// Gives back what was fetched and not looked at, so that others need not wait for it.
    pub(crate) async fn close(self) {
        if let Some(stream) = self.open {
            give_back(stream).await;
        }
    }

    async fn reopen_later(&mut self, error: &str, stop: &CancellationToken) {
        tracing::warn!(
            durable = self.durable.name,
            error,
            "subscription broke; opening it again in 1 s"
        );
        if let Some(stream) = self.open.take() {
            give_back(stream).await;
        }
        tokio::select! {
            () = tokio::time::sleep(RETRY) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// What was fetched and not looked at is delivered again at once, not after its acknowledgement has been waited for.
async fn give_back(mut stream: Stream) {
    while let Some(Some(Ok(message))) = stream.next().now_or_never() {
        if message
            .ack_with(jetstream::AckKind::Nak(None))
            .await
            .is_err()
        {
            return;
        }
    }
}

async fn open(bus: &Bus, durable: &Durable, prefetch: usize) -> Result<Stream, String> {
    let consumer: jetstream::consumer::Consumer<Config> = bus
        .jetstream
        .get_consumer_from_stream(&durable.name, durable.stream)
        .await
        .map_err(|error| error.to_string())?;
    let builder = consumer
        .stream()
        .max_messages_per_batch(prefetch)
        .max_bytes_per_batch(PREFETCH_BYTES)
        .expires(EXPIRES)
        .heartbeat(HEARTBEAT);
    let builder = match durable.sharing {
        Sharing::Ordered | Sharing::Pinned => builder.group(PINNED_GROUP),
        Sharing::Shared => builder,
    };
    builder.messages().await.map_err(|error| error.to_string())
}
