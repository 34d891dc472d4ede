//! Which page a domain shows, as the store said a moment ago.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bus::Bus;
use contract::page::{Address, Find};
use contract::rpc::{Caller, Error};

use crate::server::ask::ask;

/// How soon a change of a domain is effective.
const FRESH: Duration = Duration::from_secs(5);
/// Whoever asks with ever new names does not fill the memory.
const MOST: usize = 10_000;

type Known = HashMap<String, (Instant, Option<Address>)>;

#[derive(Clone)]
pub(super) struct Found {
    bus: Bus,
    known: Arc<Mutex<Known>>,
}

impl Found {
    pub(super) fn new(bus: Bus) -> Self {
        Self {
            bus,
            known: Arc::default(),
        }
    }

    pub(super) async fn find(&self, host: &str) -> Result<Address, Error> {
        let now = Instant::now();
        let known = self.lock().get(host).cloned();
        let fresh = known.filter(|(at, _)| now.duration_since(*at) < FRESH);
        let found = match fresh {
            Some((_, found)) => found,
            None => self.ask(host, now).await?,
        };
        found.ok_or_else(|| Error::not_found("status page"))
    }

    async fn ask(&self, host: &str, now: Instant) -> Result<Option<Address>, Error> {
        let find = Find {
            host: host.to_owned(),
        };
        let found = match ask(&self.bus, &Caller::Visitor, &find).await {
            Ok(address) => Some(address),
            Err(Error::NotFound { .. }) => None,
            Err(error) => return Err(error),
        };
        let mut known = self.lock();
        if known.len() >= MOST {
            known.retain(|_, (at, _)| now.duration_since(*at) < FRESH);
        }
        if known.len() < MOST {
            known.insert(host.to_owned(), (now, found.clone()));
        }
        Ok(found)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
