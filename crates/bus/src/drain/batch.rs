//! Messages that are processed together.

use std::sync::Arc;

use async_nats::jetstream;
use async_nats::jetstream::AckKind;
use contract::fault::Kind;
use contract::stream::Durable;
use serde::de::DeserializeOwned;

use super::Rejected;
use crate::{Bus, Message, dead};

/// Messages as they came, to be acknowledged, and what is in them.
pub(super) struct Batch<M> {
    raw: Vec<jetstream::Message>,
    messages: Vec<Message<M>>,
}

impl<M> Batch<M> {
    /// Apart, since a handler may keep what is in the messages for longer than the batch lives.
    pub(super) fn shared(self) -> (Vec<jetstream::Message>, Arc<[Message<M>]>) {
        (self.raw, self.messages.into())
    }
}

impl<M: DeserializeOwned> Batch<M> {
    /// Reads messages; one that cannot be read becomes a dead letter.
    pub(super) async fn decode(
        bus: &Bus,
        durable: &Durable,
        received: Vec<jetstream::Message>,
    ) -> Self {
        let (mut raw, mut messages) = (Vec::new(), Vec::with_capacity(received.len()));
        for one in received {
            match Message::decode(&one) {
                Ok(message) => {
                    messages.push(message);
                    raw.push(one);
                }
                Err(reason) => dead::bury(bus, durable, &one, &reason).await,
            }
        }
        Self { raw, messages }
    }
}

/// Acknowledges all messages but the rejected ones, which become dead letters.
pub(super) async fn conclude(
    bus: &Bus,
    durable: &Durable,
    raw: &[jetstream::Message],
    rejected: &[Rejected],
) {
    for (position, raw) in raw.iter().enumerate() {
        if let Some(rejected) = rejected.iter().find(|one| one.position == position) {
            dead::bury(bus, durable, raw, &rejected.reason).await;
        } else if bus.faults.strikes(Kind::AcksDropped) {
            // As if the acknowledgement had been lost on its way.
        } else if let Err(error) = raw.ack_with(AckKind::Ack).await {
            tracing::warn!(durable = durable.name, %error, "could not acknowledge; messages will be delivered again");
            return;
        }
    }
}

/// Two batches of half the messages each.
pub(super) fn halves<M: Clone>(
    mut raw: Vec<jetstream::Message>,
    messages: &[Message<M>],
) -> (Batch<M>, Batch<M>) {
    let middle = raw.len() / 2;
    let right = raw.split_off(middle);
    let half = |raw, messages: &[Message<M>]| Batch {
        raw,
        messages: messages.to_vec(),
    };
    (
        half(raw, &messages[..middle]),
        half(right, &messages[middle..]),
    )
}
