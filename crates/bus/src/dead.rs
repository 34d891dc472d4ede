//! Dead letters: messages that no retry can help, kept with their reason for people.

use async_nats::jetstream;
use async_nats::jetstream::AckKind;
use async_nats::jetstream::message::PublishMessage;
use contract::header;
use contract::stream::Durable;
use contract::subject;

use crate::{Bus, publish};

/// Keeps the message in `DEAD_LETTERS` and takes it off its consumer. If the dead letter cannot be kept, the message stays.
pub(crate) async fn bury(bus: &Bus, durable: &Durable, raw: &jetstream::Message, reason: &str) {
    tracing::error!(stream = durable.stream, durable = durable.name, subject = %raw.subject, reason, "dead letter");
    let subject = subject::dead(durable.stream, &durable.name);
    let sequence = raw
        .info()
        .map(|info| info.stream_sequence)
        .unwrap_or_default()
        .to_string();
    let mut headers = raw.headers.clone().unwrap_or_default();
    headers.insert(
        async_nats::header::NATS_MESSAGE_ID,
        format!("{}:{}:{sequence}", durable.stream, durable.name),
    );
    headers.insert(header::DEAD_SUBJECT, raw.subject.as_str());
    headers.insert(header::DEAD_SEQUENCE, sequence);
    headers.insert(header::DEAD_REASON, one_line(reason));
    let letter = PublishMessage::build()
        .payload(raw.payload.clone())
        .headers(headers);
    let kept = publish::acknowledged(bus.hand_over(&subject, letter).await).await;
    let verdict = match kept {
        Ok(()) => {
            bus.metrics.bury(durable);
            AckKind::Term
        }
        Err(error) => {
            tracing::error!(%error, "a dead letter could not be kept; trying again in 5 s");
            AckKind::Nak(Some(std::time::Duration::from_secs(5)))
        }
    };
    if let Err(error) = raw.ack_with(verdict).await {
        tracing::warn!(%error, "could not take a dead letter off its consumer");
    }
}

/// Header values hold no line breaks.
fn one_line(reason: &str) -> String {
    reason
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(1_000)
        .collect()
}
