//! How fast a channel is told: a few messages at once, then the rest of a burst in one.

use chrono::{DateTime, TimeDelta, Utc};
use contract::id::{ChannelId, NotificationId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::thread::Place;

#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Messages within the window before the rest is gathered.
    burst: usize,
    window: TimeDelta,
}

/// What a channel was told lately.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Pace {
    /// When messages of their own were queued, within the window.
    recent: Vec<DateTime<Utc>>,
    /// The message that gathers, until it closes.
    open: Option<(NotificationId, DateTime<Utc>)>,
}

/// `pace.<channel>`
pub(super) fn key(channel: ChannelId) -> String {
    format!("pace.{channel}")
}

impl Limits {
    pub(super) fn new(burst: u16, window_s: u16) -> Self {
        Self {
            burst: burst.into(),
            window: TimeDelta::seconds(window_s.into()),
        }
    }
}

impl Pace {
    /// Where the next item belongs.
    pub(super) fn place(&self, item: NotificationId, limits: Limits, now: DateTime<Utc>) -> Place {
        if let Some((notification, closes_at)) = self.open
            && now < closes_at
        {
            return Place {
                item,
                notification,
                gathers_until: Some(closes_at),
            };
        }
        let recent = self.recent.iter().filter(|&&at| at + limits.window > now);
        if limits.window.is_zero() || recent.count() < limits.burst {
            return Place::alone(item);
        }
        Place {
            item,
            notification: NotificationId(Uuid::new_v5(&item.0, b"gathered")),
            gathers_until: Some(now + limits.window),
        }
    }

    /// An item has this place.
    pub(super) fn note(&mut self, place: Place, limits: Limits, now: DateTime<Utc>) {
        self.recent.retain(|&at| at + limits.window > now);
        match place.gathers_until {
            Some(closes_at) => self.open = Some((place.notification, closes_at)),
            None => self.recent.push(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In which messages items are told that come at these seconds, by the number of the first item of each.
    fn told(burst: u16, window_s: u16, at_s: &[i64]) -> Vec<usize> {
        let limits = Limits::new(burst, window_s);
        let mut pace = Pace::default();
        let mut messages: Vec<NotificationId> = Vec::new();
        let mut placed = Vec::new();
        for (n, &second) in (0_u128..).zip(at_s) {
            let now = DateTime::UNIX_EPOCH + TimeDelta::seconds(second);
            let chosen = pace.place(NotificationId(Uuid::from_u128(n)), limits, now);
            pace.note(chosen, limits, now);
            if !messages.contains(&chosen.notification) {
                messages.push(chosen.notification);
            }
            let message = messages.iter().position(|it| *it == chosen.notification);
            placed.push(message.unwrap_or_default());
        }
        placed
    }

    #[test]
    fn a_burst_is_a_few_messages_and_then_one() {
        assert_eq!(told(2, 10, &[0, 0, 1, 1, 5, 9]), [0, 1, 2, 2, 2, 2]);
    }

    #[test]
    fn after_the_window_messages_are_told_one_by_one_again() {
        assert_eq!(told(2, 10, &[0, 0, 1, 12, 12, 12]), [0, 1, 2, 3, 4, 5]);
        assert_eq!(told(2, 10, &[0, 6, 12, 18, 24]), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn without_a_window_nothing_is_gathered() {
        assert_eq!(told(1, 0, &[0, 0, 0]), [0, 1, 2]);
    }
}
