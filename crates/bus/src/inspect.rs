//! Looking at what the server holds, without taking anything.

use std::collections::BTreeMap;

use async_nats::jetstream::consumer::{Consumer, pull};
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use chrono::{DateTime, Utc};
use contract::stream::{self, Durable};
use contract::subject::{self, Subject, filter};
use contract::telemetry::{ConsumerState, StreamState};
use futures_util::TryStreamExt;
use serde::de::DeserializeOwned;

use crate::Bus;

/// The server did not say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot look at {what}: {reason}")]
pub struct InspectError {
    what: String,
    reason: String,
}

/// How far a durable has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// [`crate::Message::delivery`] of the latest message that was handed out, to whomever.
    pub delivered: u64,
    /// When that was; absent before the first one.
    pub active_at: Option<DateTime<Utc>>,
    /// Messages that wait to be handed out.
    pub pending: u64,
    /// Messages that were handed out and wait to be acknowledged.
    pub ack_pending: u64,
    /// Of these, those that were handed out more than once.
    pub redelivered: u64,
}

impl Position {
    /// Messages that wait to be acknowledged or even to be delivered.
    pub fn waiting(&self) -> u64 {
        self.pending + self.ack_pending
    }
}

/// A schedule as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduled<T> {
    pub cron: String,
    /// `None` where it cannot be read.
    pub body: Option<T>,
}

impl Bus {
    /// How many messages of a durable wait to be acknowledged or even to be delivered.
    pub async fn backlog(&self, durable: &Durable) -> Result<u64, InspectError> {
        Ok(self.position(durable).await?.waiting())
    }

    /// How far a durable has come, whoever holds it.
    pub async fn position(&self, durable: &Durable) -> Result<Position, InspectError> {
        let consumer: Consumer<pull::Config> = self
            .jetstream
            .get_consumer_from_stream(&durable.name, durable.stream)
            .await
            .map_err(|error| failed(&durable.name, &error))?;
        let info = consumer.cached_info();
        Ok(Position {
            delivered: info.delivered.consumer_sequence,
            active_at: info.delivered.last_active,
            pending: info.num_pending,
            ack_pending: info.num_ack_pending as u64,
            redelivered: info.num_redelivered as u64,
        })
    }

    /// The subjects matching `filter` on which a schedule stands.
    pub async fn scheduled_subjects(&self, filter: &str) -> Result<Vec<String>, InspectError> {
        let subjects = self
            .schedules()
            .await?
            .info_with_subjects(filter)
            .await
            .map_err(|error| failed(filter, &error))?;
        subjects
            .map_ok(|(subject, _)| subject)
            .try_collect()
            .await
            .map_err(|error| failed(filter, &error))
    }

    /// The schedule that stands on `subject`.
    pub async fn scheduled<T: DeserializeOwned>(
        &self,
        subject: &Subject,
    ) -> Result<Option<Scheduled<T>>, InspectError> {
        let stream = self.schedules().await?;
        let found = stream
            .get_last_raw_message_by_subject(subject.as_str())
            .await;
        let message = match found {
            Ok(message) => message,
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => {
                return Ok(None);
            }
            Err(error) => return Err(failed(subject.template(), &error)),
        };
        let cron = message.headers.get("Nats-Schedule");
        Ok(Some(Scheduled {
            cron: cron.map(ToString::to_string).unwrap_or_default(),
            body: serde_json::from_slice(&message.payload).ok(),
        }))
    }

    /// All streams, with those who read them.
    pub async fn streams(&self) -> Result<Vec<StreamState>, InspectError> {
        let dead = self.dead_letters().await?;
        let mut states = Vec::new();
        for known in stream::ALL {
            let failed = |error: &dyn std::fmt::Display| failed(known.name, error);
            let stream = self.jetstream.get_stream(known.name).await;
            let stream = stream.map_err(|error| failed(&error))?;
            let consumers: Vec<_> = stream
                .consumers()
                .try_collect()
                .await
                .map_err(|error| failed(&error))?;
            let consumers = consumers.into_iter().map(|consumer| {
                let subject = subject::dead(known.name, &consumer.name);
                let unacknowledged = consumer.num_ack_pending as u64;
                ConsumerState {
                    waiting: consumer.num_pending,
                    unacknowledged,
                    redelivered: consumer.num_redelivered as u64,
                    active_at: consumer.delivered.last_active,
                    dead: dead.get(subject.as_str()).copied().unwrap_or_default(),
                    name: consumer.name,
                }
            });
            let state = &stream.cached_info().state;
            states.push(StreamState {
                name: known.name.to_owned(),
                messages: state.messages,
                bytes: state.bytes,
                last_at: (state.last_sequence > 0).then_some(state.last_timestamp),
                consumers: consumers.collect(),
            });
        }
        Ok(states)
    }

    /// How many dead letters there are, by subject.
    async fn dead_letters(&self) -> Result<BTreeMap<String, u64>, InspectError> {
        let name = stream::DEAD_LETTERS.name;
        let stream = self.jetstream.get_stream_no_info(name).await;
        let stream = stream.map_err(|error| failed(name, &error))?;
        let subjects = stream.info_with_subjects(filter::DEAD).await;
        let subjects = subjects.map_err(|error| failed(name, &error))?;
        let counts = subjects.map_ok(|(subject, count)| (subject, count as u64));
        counts
            .try_collect()
            .await
            .map_err(|error| failed(name, &error))
    }

    async fn schedules(&self) -> Result<async_nats::jetstream::stream::Stream<()>, InspectError> {
        let name = stream::SCHEDULE.name;
        self.jetstream
            .get_stream_no_info(name)
            .await
            .map_err(|error| failed(name, &error))
    }
}

fn failed(what: &str, error: &dyn std::fmt::Display) -> InspectError {
    InspectError {
        what: what.to_owned(),
        reason: error.to_string(),
    }
}
