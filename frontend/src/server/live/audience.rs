//! What the public may hear of a tenant: the monitors of its page and nothing else.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bus::Bus;
use contract::id::{MonitorId, TenantId};
use contract::live::{MonitorUpdate, Update};
use contract::page::{Address, Enter, Entered, Key};
use contract::rpc::{Caller, Error};
use futures_util::{Stream, StreamExt, stream};

use super::super::ask::ask;

/// How soon a change of what is public reaches those who already listen.
const REREAD: Duration = Duration::from_secs(10);

/// A page and the key that its visitors bring.
pub(super) type Ticket = (Address, Option<Key>);

/// The visitors of one page who bring the same key.
pub(super) struct Audience {
    bus: Bus,
    ticket: Ticket,
    visible: HashSet<MonitorId>,
}

impl Audience {
    /// Of a page that is open to them, with the tenant whose page it is.
    pub(super) async fn of(bus: Bus, ticket: Ticket) -> Result<(TenantId, Self), Error> {
        let entered = enter(&bus, &ticket).await?;
        let audience = Self {
            bus,
            ticket,
            visible: entered.monitors.into_iter().collect(),
        };
        Ok((entered.tenant, audience))
    }

    /// The part of `updates` that is public, for as long as the page is.
    pub(super) fn hear(
        self,
        updates: impl Stream<Item = Arc<Update>> + Send + 'static,
    ) -> impl Stream<Item = Arc<Update>> + Send + 'static {
        let mut reread = tokio::time::interval(REREAD);
        reread.reset();
        let state = (self, Box::pin(updates), reread);
        stream::unfold(
            state,
            |(mut audience, mut updates, mut reread)| async move {
                loop {
                    tokio::select! {
                        update = updates.next() => {
                            if let Some(update) = public_part(&*update?, &audience.visible) {
                                return Some((Arc::new(update), (audience, updates, reread)));
                            }
                        }
                        _ = reread.tick() => audience.reread().await?,
                    }
                }
            },
        )
    }

    /// `None` once the page is no longer open to them. While the store is away nothing can have changed.
    async fn reread(&mut self) -> Option<()> {
        match enter(&self.bus, &self.ticket).await {
            Ok(entered) => self.visible = entered.monitors.into_iter().collect(),
            Err(Error::Unavailable) => {}
            Err(_) => return None,
        }
        Some(())
    }
}

async fn enter(bus: &Bus, (at, key): &Ticket) -> Result<Entered, Error> {
    let (at, key) = (at.clone(), key.clone());
    ask(bus, &Caller::Visitor, &Enter { at, key }).await
}

/// What of an update everybody may know: no samples, no monitor that is not on the page, and of those no single region's words.
fn public_part(update: &Update, visible: &HashSet<MonitorId>) -> Option<Update> {
    match update {
        Update::Monitor(update) if visible.contains(&update.monitor) => {
            let mut status = update.status.clone();
            status.detail = None;
            status.votes.clear();
            Some(Update::Monitor(Box::new(MonitorUpdate {
                monitor: update.monitor,
                status,
                region: None,
                tick_at: update.tick_at,
                total_time_ms: update.total_time_ms,
            })))
        }
        // By which name the page calls what is wrong, only the page itself says.
        Update::Incident {
            incident,
            monitor,
            open,
            at,
            ..
        } if monitor.is_none_or(|monitor| visible.contains(&monitor)) => Some(Update::Incident {
            incident: *incident,
            monitor: *monitor,
            open: *open,
            title: String::new(),
            at: *at,
        }),
        Update::Samples { .. }
        | Update::Monitor(_)
        | Update::Alert { .. }
        | Update::Incident { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use contract::id::IncidentId;
    use contract::monitor::{State, Status, Vote};
    use uuid::Uuid;

    use super::*;

    fn monitor(number: u128) -> MonitorId {
        MonitorId(Uuid::from_u128(number))
    }

    fn update(monitor: MonitorId) -> Update {
        let at = service::now();
        let vote = Vote {
            region: "eu-central".parse().expect("valid"),
            tick_at: at,
            ok: false,
            slow: false,
            count: 2,
            total_time_ms: None,
            message: Some("connect 10.0.0.7:5432: refused".to_owned()),
        };
        let status = Status {
            state: State::Down,
            since: at,
            reason: "1 of 1 region failed twice".to_owned(),
            detail: Some("connection refused by 10.0.0.7:5432".to_owned()),
            advisory: None,
            votes: vec![vote],
        };
        Update::Monitor(Box::new(MonitorUpdate {
            monitor,
            status,
            region: Some("eu-central".parse().expect("valid")),
            tick_at: Some(at),
            total_time_ms: Some(1.5),
        }))
    }

    #[test]
    fn visitors_hear_of_public_monitors_alone() {
        let visible = HashSet::from([monitor(1)]);
        let incident = |number: Option<u128>| Update::Incident {
            incident: IncidentId(Uuid::from_u128(9)),
            monitor: number.map(monitor),
            open: true,
            title: "secret project is down".to_owned(),
            at: service::now(),
        };
        assert!(public_part(&update(monitor(1)), &visible).is_some());
        assert!(public_part(&update(monitor(2)), &visible).is_none());
        let public = public_part(&incident(Some(1)), &visible).expect("visible");
        assert!(!format!("{public:?}").contains("secret project"));
        assert!(public_part(&incident(Some(2)), &visible).is_none());
        let told = public_part(&incident(None), &visible).expect("for all pages");
        assert!(!format!("{told:?}").contains("secret project"));
        assert!(public_part(&Update::Samples { series: Vec::new() }, &visible).is_none());
    }

    #[test]
    fn visitors_do_not_read_what_a_region_found() {
        let visible = HashSet::from([monitor(1)]);
        let public = public_part(&update(monitor(1)), &visible).expect("visible");
        let text = serde_json::to_string(&public).expect("JSON");
        assert!(!text.contains("10.0.0.7"), "{text}");
        assert!(!text.contains("eu-central"), "{text}");
    }
}
