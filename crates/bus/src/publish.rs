//! Publishing: durable to streams, at most once to live subscribers.

use std::time::Instant;

use async_nats::HeaderMap;
use async_nats::jetstream::context::{PublishAckFuture, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use bytes::Bytes;
use contract::header;
use contract::subject::Subject;
use serde::Serialize;
use tracing::Instrument;

use crate::metrics::Metrics;
use crate::{Bus, trace};

/// Why a message is not known to be in its stream. It may be there all the same: try again with the same message id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    #[error("the stream is full and refuses new messages")]
    Full,
    #[error("the message is larger than the server allows")]
    TooLarge,
    #[error("the message cannot be encoded: {0}")]
    Encode(String),
    /// No acknowledgement came: the server is away or slow.
    #[error("the stream did not acknowledge: {0}")]
    Unavailable(String),
}

impl PublishError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::TooLarge => "too_large",
            Self::Encode(_) => "encode",
            Self::Unavailable(_) => "unavailable",
        }
    }
}

/// A message that is ready to go.
#[derive(Debug, Clone)]
pub struct Outgoing {
    subject: Subject,
    message_id: String,
    content_type: &'static str,
    payload: Bytes,
}

impl Outgoing {
    pub fn json(
        subject: Subject,
        message_id: impl Into<String>,
        body: &impl Serialize,
    ) -> Result<Self, PublishError> {
        let payload =
            serde_json::to_vec(body).map_err(|error| PublishError::Encode(error.to_string()))?;
        Ok(Self {
            subject,
            message_id: message_id.into(),
            content_type: header::JSON,
            payload: payload.into(),
        })
    }

    /// In MessagePack with named fields, for messages whose size matters.
    pub fn packed(
        subject: Subject,
        message_id: impl Into<String>,
        body: &impl Serialize,
    ) -> Result<Self, PublishError> {
        let payload = rmp_serde::to_vec_named(body)
            .map_err(|error| PublishError::Encode(error.to_string()))?;
        Ok(Self {
            subject,
            message_id: message_id.into(),
            content_type: header::MSGPACK,
            payload: payload.into(),
        })
    }

    pub fn size_bytes(&self) -> usize {
        self.payload.len()
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(
            async_nats::header::NATS_MESSAGE_ID,
            self.message_id.as_str(),
        );
        headers.insert(header::CONTENT_TYPE, self.content_type);
        headers
    }
}

impl Bus {
    /// Publishes to a stream and returns after the stream has acknowledged.
    pub async fn publish(
        &self,
        subject: &Subject,
        message_id: &str,
        body: &impl Serialize,
    ) -> Result<(), PublishError> {
        self.send(Outgoing::json(subject.clone(), message_id, body)?)
            .await
    }

    /// [`Bus::publish`] in MessagePack.
    pub async fn publish_packed(
        &self,
        subject: &Subject,
        message_id: &str,
        body: &impl Serialize,
    ) -> Result<(), PublishError> {
        self.send(Outgoing::packed(subject.clone(), message_id, body)?)
            .await
    }

    /// Publishes all messages, many acknowledgements in flight, in their order. After an error some may be in the stream.
    pub async fn publish_all(&self, messages: Vec<Outgoing>) -> Result<(), PublishError> {
        let _under_way = UnderWay::new(&self.metrics, messages.len());
        let mut pending = Vec::with_capacity(messages.len());
        for message in messages {
            let span = trace::publish_span(&message.subject, &message.message_id);
            let template = message.subject.template();
            let begun = Instant::now();
            let sent = self.begin(message).instrument(span.clone()).await;
            pending.push((span, template, begun, sent));
        }
        let mut outcome = Ok(());
        for (span, template, begun, sent) in pending {
            let acknowledged = acknowledged(sent).await;
            self.record(&span, template, begun, acknowledged.as_ref().err());
            outcome = outcome.and(acknowledged);
        }
        outcome
    }

    /// Tells whoever listens right now; nobody waits and nothing is kept.
    pub async fn announce(&self, subject: &Subject, body: &impl Serialize) {
        let Ok(payload) = serde_json::to_vec(body) else {
            return;
        };
        let mut headers = HeaderMap::new();
        trace::inject(&mut headers);
        if let Err(error) = self
            .client
            .publish_with_headers(subject.to_string(), headers, payload.into())
            .await
        {
            tracing::debug!(%error, subject = subject.template(), "nobody was told");
        }
    }

    pub(crate) async fn send(&self, message: Outgoing) -> Result<(), PublishError> {
        self.publish_all(vec![message]).await
    }

    async fn begin(&self, message: Outgoing) -> Result<PublishAckFuture, PublishError> {
        let mut headers = message.headers();
        trace::inject(&mut headers);
        let publish = PublishMessage::build()
            .payload(message.payload)
            .headers(headers);
        self.hand_over(&message.subject, publish).await
    }

    /// Sends a message as it is; [`acknowledged`] waits for the stream.
    pub(crate) async fn hand_over(
        &self,
        subject: &Subject,
        message: PublishMessage,
    ) -> Result<PublishAckFuture, PublishError> {
        let sent = self.jetstream.send_publish(subject.to_string(), message);
        sent.await.map_err(|error| failure(&error))
    }

    pub(crate) fn record(
        &self,
        span: &tracing::Span,
        template: &'static str,
        begun: Instant,
        error: Option<&PublishError>,
    ) {
        let kind = error.map(PublishError::kind);
        if let Some(kind) = kind {
            trace::fail(span, kind);
        }
        self.metrics
            .operation("publish", template, begun.elapsed(), kind);
    }
}

/// Counts messages as not acknowledged yet for as long as it lives, also when nobody waits any more.
struct UnderWay<'a> {
    metrics: &'a Metrics,
    messages: i64,
}

impl<'a> UnderWay<'a> {
    fn new(metrics: &'a Metrics, messages: usize) -> Self {
        let messages = i64::try_from(messages).unwrap_or(i64::MAX);
        metrics.publishing(messages);
        Self { metrics, messages }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.metrics.publishing(-self.messages);
    }
}

/// Waits until the stream has taken what was sent.
pub(crate) async fn acknowledged(
    sent: Result<PublishAckFuture, PublishError>,
) -> Result<(), PublishError> {
    sent?.await.map(drop).map_err(|error| failure(&error))
}

fn failure(error: &async_nats::jetstream::context::PublishError) -> PublishError {
    let text = error.to_string();
    match error.kind() {
        PublishErrorKind::MaxPayloadExceeded => PublishError::TooLarge,
        PublishErrorKind::Other if text.contains("maximum") => PublishError::Full,
        _ => PublishError::Unavailable(text),
    }
}
