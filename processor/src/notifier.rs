//! Sends notifications: one file for each kind of channel, all behind [`send`].
//!
//! How far a delivery has come is kept in the `deliveries` bucket, written after each attempt and before anything else: a restart
//! neither forgets an attempt nor sends again what a receiver has taken.

mod backoff;
mod dial;
mod webhook;

use std::sync::Arc;
use std::time::Duration;

use bus::{Bucket, Bus, Failure, Message};
use chrono::{DateTime, Utc};
use contract::channel::{Delivery, DeliveryOutcome, Kind, Notification, ReadTarget, Target};
use contract::event::Event;
use contract::rpc::{Caller, Error};
use contract::{stream, subject};
use opentelemetry::metrics::Counter;
use opentelemetry::{KeyValue, global};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::Args;
use backoff::Backoff;

/// Deliveries of one kind under way at a time, in one instance.
const CONCURRENCY: usize = 32;

/// What became of one attempt, with the detail for the delivery log.
enum Attempt {
    Delivered(String),
    /// The cause may pass; the receiver may have said when to come again.
    Failed(String, Option<Duration>),
    /// No retry can help.
    Refused(String),
}

/// How far a delivery has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    last: Delivery,
    /// Not before this instant; absent once nothing more will be sent.
    next_at: Option<DateTime<Utc>>,
}

pub(crate) struct Sender {
    bus: Bus,
    deliveries: Bucket<Progress>,
    backoff: Backoff,
    http: service::HttpClient,
    filter: contract::address::Filter,
    attempts: Counter<u64>,
}

/// Sends notifications of one kind until told to stop.
pub(crate) async fn run(kind: Kind, sender: Arc<Sender>, stop: CancellationToken) {
    let bus = sender.bus.clone();
    let handler = move |message: Arc<Message<Notification>>| {
        let sender = Arc::clone(&sender);
        async move { sender.deliver(&message.body).await }
    };
    bus::consume(&bus, &stream::notifier(kind), CONCURRENCY, &stop, handler).await;
}

/// One attempt, by the channel's kind.
async fn send(sender: &Sender, target: &Target, notification: &Notification) -> Attempt {
    match target.kind {
        Kind::Webhook => webhook::send(sender, target, notification).await,
    }
}

impl Sender {
    pub(crate) fn new(
        bus: &Bus,
        args: &Args,
        deliveries: Bucket<Progress>,
    ) -> anyhow::Result<Self> {
        let filter = dial::filter(&args.allow)?;
        Ok(Self {
            bus: bus.clone(),
            deliveries,
            backoff: Backoff::new(&args.backoff_s)?,
            http: dial::client(&filter)?,
            filter,
            attempts: global::meter("overseer.processor")
                .u64_counter("overseer.processor.notification.attempt")
                .with_unit("{attempt}")
                .with_description("Attempts to deliver notifications, by channel kind and outcome")
                .build(),
        })
    }

    async fn deliver(&self, notification: &Notification) -> Result<(), Failure> {
        let key = notification.id.to_string();
        let entry = self
            .deliveries
            .get(&key)
            .await
            .map_err(|error| Failure::retry(&error))?;
        let before = entry.map(|entry| entry.value);
        if let Some(progress) = &before {
            // It may not have been logged before a crash; the log knows it by its number.
            self.log(notification, &progress.last).await?;
            match progress.next_at {
                None => return settle(&progress.last),
                Some(next_at) if next_at > service::now() => return Err(wait(progress, next_at)),
                Some(_) => {}
            }
        }
        let Some(target) = self.target(notification).await? else {
            return Ok(());
        };
        let progress = self.attempt(&target, notification, before.as_ref()).await;
        self.keep(&key, &progress).await;
        self.log(notification, &progress.last).await?;
        match progress.next_at {
            None => settle(&progress.last),
            Some(next_at) => Err(wait(&progress, next_at)),
        }
    }

    /// `None` for a channel that was deleted in the meantime.
    async fn target(&self, notification: &Notification) -> Result<Option<Target>, Failure> {
        let caller = Caller::Service {
            tenant: notification.tenant,
        };
        let request = ReadTarget {
            id: notification.channel,
        };
        match self.bus.ask(&caller, &request).await {
            Ok(target) => Ok(Some(target)),
            Err(Error::NotFound { .. }) => {
                tracing::info!(channel = %notification.channel, "the channel was deleted; its notification is dropped");
                Ok(None)
            }
            Err(error @ (Error::Unavailable | Error::Throttled { .. })) => {
                Err(Failure::retry(&error))
            }
            Err(error) => Err(Failure::reject(&error)),
        }
    }

    async fn attempt(
        &self,
        target: &Target,
        notification: &Notification,
        before: Option<&Progress>,
    ) -> Progress {
        let number = before.map_or(1, |progress| progress.last.attempt + 1);
        let attempt = send(self, target, notification).await;
        let now = service::now();
        let (outcome, detail, next_at) = match attempt {
            Attempt::Delivered(detail) => (DeliveryOutcome::Delivered, detail, None),
            Attempt::Refused(detail) => (DeliveryOutcome::Dead, detail, None),
            Attempt::Failed(detail, asked) => {
                match self.backoff.after(number, notification.id, asked) {
                    Some(wait) => (DeliveryOutcome::Failed, detail, Some(now + wait)),
                    None => (
                        DeliveryOutcome::Dead,
                        format!("{detail}; given up after {number} attempts"),
                        None,
                    ),
                }
            }
        };
        self.attempts.add(
            1,
            &[
                KeyValue::new("overseer.channel.kind", target.kind.as_str()),
                KeyValue::new("overseer.delivery.outcome", outcome.as_str()),
            ],
        );
        Progress {
            last: Delivery {
                notification: notification.id,
                channel: notification.channel,
                title: notification.content.title.clone(),
                attempt: number,
                at: now,
                outcome,
                detail,
            },
            next_at,
        }
    }

    /// The attempt was made, whatever happens now: this is tried until it is written.
    async fn keep(&self, key: &str, progress: &Progress) {
        while let Err(error) = self.deliveries.put(key, progress).await {
            tracing::warn!(%error, "could not keep the progress of a delivery; trying again in 1 s");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    async fn log(&self, notification: &Notification, delivery: &Delivery) -> Result<(), Failure> {
        let event = Event::DeliveryAttempted(delivery.clone());
        self.bus
            .publish(
                &subject::event(event.kind(), notification.tenant),
                &event.message_id(),
                &event,
            )
            .await
            .map_err(|error| Failure::retry(&error))
    }
}

fn settle(last: &Delivery) -> Result<(), Failure> {
    match last.outcome {
        DeliveryOutcome::Delivered => Ok(()),
        DeliveryOutcome::Failed | DeliveryOutcome::Dead => Err(Failure::reject(&last.detail)),
    }
}

fn wait(progress: &Progress, next_at: DateTime<Utc>) -> Failure {
    Failure::Retry {
        after: (next_at - service::now()).to_std().unwrap_or_default(),
        reason: format!(
            "attempt {}: {}",
            progress.last.attempt, progress.last.detail
        ),
    }
}
