//! The feeds that somebody listens to right now: one subscription per tenant and one per public page and key.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use bus::Bus;
use contract::id::TenantId;
use contract::page::{Address, Key};
use contract::rpc::Error;
use futures_util::StreamExt;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::audience::{Audience, Ticket};
use super::feed::Feed;

#[derive(Clone)]
pub(crate) struct Feeds {
    bus: Bus,
    tasks: TaskTracker,
    stop: CancellationToken,
    tenants: Shared<TenantId>,
    pages: Shared<Ticket>,
}

impl Feeds {
    pub(crate) fn new(bus: Bus, tasks: TaskTracker, stop: CancellationToken) -> Self {
        Self {
            bus,
            tasks,
            stop,
            tenants: Shared::default(),
            pages: Shared::default(),
        }
    }

    /// Everything that happens in a tenant.
    pub(crate) async fn of_tenant(&self, tenant: TenantId) -> Result<Arc<Feed>, Error> {
        if let Some(feed) = self.tenants.find(&tenant) {
            return Ok(feed);
        }
        let updates = self.bus.live(tenant).await.map_err(|error| {
            tracing::warn!(%error, "cannot listen to live updates");
            Error::Unavailable
        })?;
        // The subscription is on its way before anybody is told that the stream is live.
        self.bus.flush().await;
        let start = || Feed::start(&self.tasks, &self.stop, updates.map(Arc::new));
        Ok(self.tenants.find_or(tenant, start))
    }

    /// What visitors of a page may hear who bring this key. `not_found` and `forbidden` as for the page itself.
    pub(crate) async fn of_page(&self, at: Address, key: Option<Key>) -> Result<Arc<Feed>, Error> {
        let ticket = (at, key);
        if let Some(feed) = self.pages.find(&ticket) {
            return Ok(feed);
        }
        let (owner, audience) = Audience::of(self.bus.clone(), ticket.clone()).await?;
        let updates = self.of_tenant(owner).await?.listen();
        let start = || Feed::start(&self.tasks, &self.stop, audience.hear(updates));
        Ok(self.pages.find_or(ticket, start))
    }
}

/// Feeds by key, for as long as somebody holds them.
struct Shared<K>(Arc<Mutex<HashMap<K, Weak<Feed>>>>);

impl<K: Eq + Hash> Shared<K> {
    fn find(&self, key: &K) -> Option<Arc<Feed>> {
        alive(&self.lock(), key)
    }

    /// The feed of that key, started unless another came first.
    fn find_or(&self, key: K, start: impl FnOnce() -> Arc<Feed>) -> Arc<Feed> {
        let mut feeds = self.lock();
        feeds.retain(|_, feed| feed.strong_count() > 0);
        alive(&feeds, &key).unwrap_or_else(|| {
            let feed = start();
            feeds.insert(key, Arc::downgrade(&feed));
            feed
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Weak<Feed>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn alive<K: Eq + Hash>(feeds: &HashMap<K, Weak<Feed>>, key: &K) -> Option<Arc<Feed>> {
    feeds.get(key)?.upgrade().filter(|feed| !feed.has_ended())
}

impl<K> Default for Shared<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K> Clone for Shared<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
