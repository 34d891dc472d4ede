//! What was told of one thing to one channel, in its order.

use chrono::{DateTime, Utc};
use contract::id::NotificationId;
use serde::{Deserialize, Serialize};

use super::Item;

/// More than this is told of nothing; what is older was settled long ago.
const KEPT: usize = 64;

/// The latest places of a thread's items, oldest first.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Thread {
    places: Vec<Place>,
}

/// In which message an item is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) item: NotificationId,
    pub(super) notification: NotificationId,
    /// It shares its message with what comes until then.
    pub(super) gathers_until: Option<DateTime<Utc>>,
}

/// `thread.<channel>.<thread>`; what belongs to nothing is a thread of its own.
pub(super) fn key(item: &Item) -> String {
    let thread = item.content.thread.unwrap_or(item.id.0);
    format!("thread.{}.{thread}", item.channel)
}

impl Place {
    pub(super) fn alone(item: NotificationId) -> Self {
        Self {
            item,
            notification: item,
            gathers_until: None,
        }
    }
}

impl Thread {
    pub(super) fn place_of(&self, item: NotificationId) -> Option<Place> {
        self.places.iter().find(|place| place.item == item).copied()
    }

    /// Where an item is told from now on: a place it had before is taken back.
    pub(super) fn set(&mut self, place: Place) {
        self.places.retain(|known| known.item != place.item);
        self.places.push(place);
        let surplus = self.places.len().saturating_sub(KEPT);
        self.places.drain(..surplus);
    }

    /// The message of the thread that comes before the one given.
    pub(super) fn before(&self, notification: NotificationId) -> Option<NotificationId> {
        let mut told = self.places.iter().map(|place| place.notification);
        let position = told.clone().position(|it| it == notification)?;
        told.nth(position.checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn id(n: u128) -> NotificationId {
        NotificationId(Uuid::from_u128(n))
    }

    #[test]
    fn each_message_comes_after_the_one_before_it() {
        let mut thread = Thread::default();
        thread.set(Place::alone(id(1)));
        thread.set(Place::alone(id(2)));
        // The third and the fourth share a message.
        for item in [3, 4] {
            thread.set(Place {
                notification: id(9),
                ..Place::alone(id(item))
            });
        }
        assert_eq!(thread.before(id(1)), None);
        assert_eq!(thread.before(id(2)), Some(id(1)));
        assert_eq!(thread.before(id(9)), Some(id(2)));
        assert_eq!(
            thread.place_of(id(4)).map(|it| it.notification),
            Some(id(9))
        );
    }

    #[test]
    fn a_thread_forgets_the_oldest() {
        let mut thread = Thread::default();
        for n in 0..100 {
            thread.set(Place::alone(id(n)));
        }
        assert_eq!(thread.places.len(), KEPT);
        assert_eq!(thread.before(id(99)), Some(id(98)));
    }
}
