//! Message schedules: messages that the server itself publishes again and again (NATS ADR-51).

use std::time::{Duration, Instant};

use async_nats::HeaderMap;
use async_nats::jetstream::message::PublishMessage;
use contract::header;
use contract::stream;
use contract::subject::Subject;
use serde::Serialize;
use tracing::Instrument;

use crate::{Bus, PublishError, publish, trace};

impl Bus {
    /// Writes or replaces the schedule that stands on `subject`: at each tick of `cron` (six fields) the server publishes
    /// `body` to `target`; a tick that nobody took expires after `lifetime`, and only the newest waits.
    pub async fn schedule(
        &self,
        subject: &Subject,
        target: &Subject,
        cron: &str,
        lifetime: Duration,
        body: &impl Serialize,
    ) -> Result<(), PublishError> {
        let payload =
            serde_json::to_vec(body).map_err(|error| PublishError::Encode(error.to_string()))?;
        let span = trace::publish_span(subject, "");
        let write = async {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, header::JSON);
            headers.insert("Nats-Schedule", cron);
            headers.insert("Nats-Schedule-Target", target.as_str());
            headers.insert(
                "Nats-Schedule-TTL",
                format!("{}s", lifetime.as_secs().max(1)),
            );
            headers.insert("Nats-Schedule-Rollup", "sub");
            if let Some(writer) = trace::current_traceparent() {
                headers.insert(header::SCHEDULED_BY, writer);
            }
            let message = PublishMessage::build()
                .payload(payload.into())
                .headers(headers);
            publish::acknowledged(self.hand_over(subject, message).await).await
        };
        let begun = Instant::now();
        let written = write.instrument(span.clone()).await;
        self.record(&span, subject.template(), begun, written.as_ref().err());
        written
    }

    /// Removes the schedules on all subjects that match `filter`.
    pub async fn unschedule(&self, filter: &str) -> Result<(), PublishError> {
        let unavailable =
            |error: &dyn std::fmt::Display| PublishError::Unavailable(error.to_string());
        let stream = self
            .jetstream
            .get_stream_no_info(stream::SCHEDULE.name)
            .await
            .map_err(|error| unavailable(&error))?;
        stream
            .purge()
            .filter(filter)
            .await
            .map(drop)
            .map_err(|error| unavailable(&error))
    }
}
