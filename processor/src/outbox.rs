//! The outbox: what channels are to be told, in which message and after which.
//!
//! - What belongs to one thread, such as an incident, is told in its order: each notification names the one it comes after.
//! - A burst is gathered: beyond so many messages within a window, people get the rest in one.
//!
//! Both are decided once, by the one lane that handles events in their order, and kept in the bucket `outbox` before anything is
//! queued; whoever handles the same event again finds the decision and repeats it.

mod gathering;
mod pace;
mod progress;
mod thread;

use bus::{Bucket, Bus, Failure, UpdateError};
use contract::channel::{Content, Kind, Notification};
use contract::id::{ChannelId, NotificationId, TenantId};
use contract::{stream, subject};

use crate::Args;
use gathering::{Gathering, Part};
use pace::{Limits, Pace};
use thread::{Place, Thread};

pub(crate) use progress::Progress;

/// One thing to tell one channel.
pub(crate) struct Item {
    /// Follows from the channel and what happened.
    pub(crate) id: NotificationId,
    pub(crate) tenant: TenantId,
    pub(crate) channel: ChannelId,
    pub(crate) kind: Kind,
    pub(crate) content: Content,
}

pub(crate) struct Outbox {
    bus: Bus,
    limits: Limits,
    threads: Bucket<Thread>,
    paces: Bucket<Pace>,
    gatherings: Bucket<Gathering>,
    deliveries: Bucket<Progress>,
}

impl Outbox {
    /// Waits for the buckets.
    pub(crate) async fn open(bus: &Bus, args: &Args) -> Self {
        Self {
            bus: bus.clone(),
            limits: Limits::new(args.burst, args.gather_s),
            threads: bus.bucket(stream::OUTBOX).await,
            paces: bus.bucket(stream::OUTBOX).await,
            gatherings: bus.bucket(stream::OUTBOX).await,
            deliveries: bus.bucket(stream::DELIVERIES).await,
        }
    }

    /// Queues a notification that tells this item, alone or with others. Doing it again changes nothing.
    pub(crate) async fn put(&self, item: Item) -> Result<(), Failure> {
        let key = thread::key(&item);
        let entry = self.threads.get(&key).await.map_err(retry)?;
        let (mut thread, mut revision) =
            entry.map_or_else(Default::default, |it| (it.value, Some(it.revision)));
        let mut place = if let Some(place) = thread.place_of(item.id) {
            place
        } else {
            let place = self.choose(&item).await?;
            revision = Some(self.decide(&key, &mut thread, place, revision).await?);
            place
        };
        let part = Part {
            item: item.id,
            content: item.content.clone(),
            after: thread.before(place.notification),
        };
        if place.gathers_until.is_some() && !self.gather(place.notification, &part).await? {
            // Closed in the meantime, without it.
            place = Place::alone(item.id);
            self.decide(&key, &mut thread, place, revision).await?;
        }
        self.remember(&item, place).await?;
        self.queue(&item, place, thread.before(place.notification))
            .await
    }

    async fn choose(&self, item: &Item) -> Result<Place, Failure> {
        if !item.kind.is_read_by_people() {
            return Ok(Place::alone(item.id));
        }
        let pace = self.paces.get(&pace::key(item.channel)).await;
        let pace = pace.map_err(retry)?.map(|entry| entry.value);
        Ok(pace
            .unwrap_or_default()
            .place(item.id, self.limits, service::now()))
    }

    async fn decide(
        &self,
        key: &str,
        thread: &mut Thread,
        place: Place,
        revision: Option<u64>,
    ) -> Result<u64, Failure> {
        thread.set(place);
        match revision {
            Some(revision) => self.threads.update(key, thread, revision).await,
            None => self.threads.create(key, thread).await,
        }
        .map_err(retry)
    }

    /// A pace that is lost with a process costs one message more, nothing else; so it is written after the decision.
    async fn remember(&self, item: &Item, place: Place) -> Result<(), Failure> {
        if !item.kind.is_read_by_people() {
            return Ok(());
        }
        let key = pace::key(item.channel);
        let entry = self.paces.get(&key).await.map_err(retry)?;
        let mut known = entry.map(|entry| entry.value).unwrap_or_default();
        known.note(place, self.limits, service::now());
        self.paces.put(&key, &known).await.map_err(retry)?;
        Ok(())
    }

    async fn queue(
        &self,
        item: &Item,
        place: Place,
        after: Option<NotificationId>,
    ) -> Result<(), Failure> {
        let notification = Notification {
            after: after.filter(|_| place.gathers_until.is_none()),
            gathers_until: place.gathers_until,
            ..Notification::new(
                place.notification,
                item.tenant,
                item.channel,
                item.content.clone(),
            )
        };
        let (key, waiting) = (notification.id.to_string(), Progress::queued());
        match self.deliveries.create(&key, &waiting).await {
            Ok(_) | Err(UpdateError::Conflict) => {}
            Err(error) => return Err(retry(error)),
        }
        let subject = subject::notification_queued(item.kind, item.tenant);
        self.bus
            .publish(&subject, &notification.message_id(), &notification)
            .await
            .map_err(|error| Failure::retry(&error))
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is what `map_err` hands over"
)]
fn retry(error: UpdateError) -> Failure {
    Failure::retry(&error)
}
