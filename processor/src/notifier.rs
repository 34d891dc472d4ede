//! Sends notifications: one file for each kind of channel, all behind [`send`].
//!
//! How far a delivery has come is kept in the `deliveries` bucket, written after each attempt and before anything else: a restart
//! neither forgets an attempt nor sends again what a receiver has taken.

mod attempt;
mod backoff;
mod dial;
mod discord;
mod email;
mod ntfy;
mod pagerduty;
mod post;
mod slack;
mod telegram;
mod text;
mod webhook;

use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, Failure, Message};
use chrono::{DateTime, TimeDelta, Utc};
use contract::channel::{
    Delivery, DeliveryOutcome, Kind, Notification, ReadTarget, Settings, Target,
};
use contract::event::Event;
use contract::fault;
use contract::id::NotificationId;
use contract::rpc::{Caller, Error};
use contract::{stream, subject};
use opentelemetry::metrics::Counter;
use opentelemetry::{KeyValue, global};
use tokio_util::sync::CancellationToken;

use crate::Args;
use crate::outbox::{Outbox, Progress};
use attempt::Attempt;
use backoff::Backoff;
use post::Post;

/// Deliveries of one kind under way at a time, in one instance.
const CONCURRENCY: usize = 32;
/// When to look again whether a notification that is under way has arrived.
const SOON: TimeDelta = TimeDelta::milliseconds(250);

pub(crate) struct Sender {
    bus: Bus,
    outbox: Arc<Outbox>,
    backoff: Backoff,
    post: Post,
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
async fn send(post: &Post, target: &Target, notification: &Notification) -> Attempt {
    let secret = &target.secret;
    match &target.spec.settings {
        Settings::Webhook(to) => webhook::send(post, to, secret, notification).await,
        Settings::Telegram(to) => telegram::send(post, to, secret, notification).await,
        Settings::Slack => slack::send(post, secret, notification).await,
        Settings::Discord => discord::send(post, secret, notification).await,
        Settings::Pagerduty(to) => pagerduty::send(post, to, secret, notification).await,
        Settings::Ntfy(to) => ntfy::send(post, to, secret, notification).await,
        Settings::Email(to) => email::send(post, to, secret, notification).await,
    }
}

impl Sender {
    pub(crate) fn new(bus: &Bus, args: &Args, outbox: &Arc<Outbox>) -> anyhow::Result<Self> {
        let attempts = global::meter("overseer.processor")
            .u64_counter("overseer.processor.notification.attempt")
            .with_unit("{attempt}")
            .with_description("Attempts to deliver notifications, by channel kind and outcome")
            .build();
        attempts.add(0, &[]);
        Ok(Self {
            bus: bus.clone(),
            outbox: Arc::clone(outbox),
            backoff: Backoff::new(&args.backoff_s)?,
            post: Post::new(&args.allow)?,
            attempts,
        })
    }

    async fn deliver(&self, queued: &Notification) -> Result<(), Failure> {
        let before = self.outbox.progress(queued.id).await?.unwrap_or_default();
        let Some(before) = self.resume(queued, before).await? else {
            return Ok(());
        };
        let mut notification = queued.clone();
        let mut after: Vec<_> = queued.after.into_iter().collect();
        if let Some(closes_at) = queued.gathers_until {
            if closes_at > service::now() {
                return Err(wait(closes_at, "more may come"));
            }
            if let Some(gathered) = self.outbox.close(queued.id).await? {
                notification.content = gathered.content;
                after = gathered.after;
            }
        }
        self.await_turn(&after).await?;
        let Some(target) = self.target(&notification).await? else {
            self.outbox.keep(queued.id, &Progress::dropped()).await;
            return Ok(());
        };
        let progress = self.attempt(&target, &notification, &before).await;
        self.outbox.keep(queued.id, &progress).await;
        self.conclude(&notification, &progress).await
    }

    /// Goes on where an earlier delivery of the same message ended; `None` when there is nothing more to do.
    async fn resume(
        &self,
        queued: &Notification,
        before: Progress,
    ) -> Result<Option<Progress>, Failure> {
        if queued.replays > before.replays {
            return Ok(Some(Progress {
                replays: queued.replays,
                attempts_before: before.attempts(),
                ..before
            }));
        }
        let Some(last) = &before.last else {
            return Ok(Some(before));
        };
        if before.next_at.is_some_and(|at| at <= service::now()) {
            // It may not have been logged before a crash; the log knows it by its number.
            self.log(queued, last).await?;
            return Ok(Some(before));
        }
        self.conclude(queued, &before).await.map(|()| None)
    }

    /// Waits while a notification that comes before this one is still to be delivered.
    async fn await_turn(&self, after: &[NotificationId]) -> Result<(), Failure> {
        for &id in after {
            let progress = self.outbox.progress(id).await?;
            if let Some(progress) = progress.filter(|progress| !progress.is_settled()) {
                let soon = service::now() + SOON;
                let until = progress.next_at.map_or(soon, |at| at.max(soon));
                return Err(wait(until, "what comes before it is still to be delivered"));
            }
        }
        Ok(())
    }

    /// `None` for a channel that was deleted or muted in the meantime.
    async fn target(&self, notification: &Notification) -> Result<Option<Target>, Failure> {
        let caller = Caller::Service {
            tenant: notification.tenant,
        };
        let request = ReadTarget {
            id: notification.channel,
        };
        match self.bus.ask(&caller, &request).await {
            Ok(target) => {
                Ok(Some(target)
                    .filter(|target| !target.spec.muted || notification.content.is_test()))
            }
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
        before: &Progress,
    ) -> Progress {
        let number = before.attempts() + 1;
        let attempt = if self.bus.faults().strikes(fault::Kind::WebhookFailing) {
            Attempt::Failed(
                "HTTP 503, as the fault webhook-failing says".to_owned(),
                None,
            )
        } else {
            send(&self.post, target, notification).await
        };
        let now = service::now();
        let (outcome, detail, next_at) = match attempt {
            Attempt::Delivered(detail) => (DeliveryOutcome::Delivered, detail, None),
            Attempt::Refused(detail) => (DeliveryOutcome::Dead, detail, None),
            Attempt::Failed(detail, asked) => {
                let tried = number - before.attempts_before;
                match self.backoff.after(tried, notification.id, asked) {
                    Some(wait) => (DeliveryOutcome::Failed, detail, Some(now + wait)),
                    None => (
                        DeliveryOutcome::Dead,
                        format!("{detail}; given up after {tried} attempts"),
                        None,
                    ),
                }
            }
        };
        self.attempts.add(
            1,
            &[
                KeyValue::new("overseer.channel.kind", target.spec.kind().as_str()),
                KeyValue::new("overseer.delivery.outcome", outcome.as_str()),
            ],
        );
        let last = Delivery {
            notification: notification.id,
            channel: notification.channel,
            title: notification.content.title.clone(),
            attempt: number,
            at: now,
            outcome,
            detail: target.secret.redact(&detail),
            trace: None,
        };
        Progress {
            last: Some(last),
            next_at,
            queued: false,
            ..before.clone()
        }
    }

    /// Logs the last attempt and says what becomes of the message.
    async fn conclude(
        &self,
        notification: &Notification,
        progress: &Progress,
    ) -> Result<(), Failure> {
        let Some(last) = &progress.last else {
            return Ok(());
        };
        self.log(notification, last).await?;
        match (progress.next_at, last.outcome) {
            (Some(next_at), _) => Err(wait(
                next_at,
                &format!("attempt {}: {}", last.attempt, last.detail),
            )),
            (None, DeliveryOutcome::Delivered) => Ok(()),
            (None, _) => Err(Failure::reject(&last.detail)),
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

fn wait(until: DateTime<Utc>, reason: &str) -> Failure {
    let after = (until - service::now()).to_std();
    Failure::Retry {
        after: after.unwrap_or(Duration::ZERO),
        reason: reason.to_owned(),
    }
}
