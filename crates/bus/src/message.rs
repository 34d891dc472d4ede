//! A received message.

use async_nats::jetstream;
use chrono::{DateTime, Utc};
use contract::header;
use serde::de::DeserializeOwned;

/// A decoded message and where it came from.
#[derive(Debug, Clone)]
pub struct Message<M> {
    pub body: M,
    pub subject: String,
    /// The position in its stream: names the message, but says nothing about what was processed before it.
    pub sequence: u64,
    /// When the stream took it.
    pub published_at: DateTime<Utc>,
    /// Counts what the durable handed out, to whomever: two that follow on each other had nothing in between.
    pub delivery: u64,
    /// 1 for the first delivery. A higher number says that it may have been processed before.
    pub delivered: u64,
    pub headers: async_nats::HeaderMap,
}

impl<M> Message<M> {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(async_nats::HeaderValue::as_str)
    }
}

impl<M: DeserializeOwned> Message<M> {
    /// The error is in words for the dead letter.
    pub(crate) fn decode(raw: &jetstream::Message) -> Result<Self, String> {
        let info = raw
            .info()
            .map_err(|error| format!("not a message of a stream: {error}"))?;
        let headers = raw.headers.clone().unwrap_or_default();
        let packed = headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| value.as_str() == header::MSGPACK);
        let body = if packed {
            rmp_serde::from_slice(&raw.payload)
                .map_err(|error| format!("cannot be decoded: {error}"))?
        } else {
            serde_json::from_slice(&raw.payload)
                .map_err(|error| format!("cannot be decoded: {error}"))?
        };
        Ok(Self {
            body,
            subject: raw.subject.to_string(),
            sequence: info.stream_sequence,
            published_at: info.published,
            delivery: info.consumer_sequence,
            delivered: u64::try_from(info.delivered).unwrap_or(1),
            headers,
        })
    }
}
