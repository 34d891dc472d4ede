//! The updates of one tenant between two turns.

use std::collections::{HashMap, VecDeque};

use contract::id::{MonitorId, Region};
use contract::live::MonitorUpdate;

/// Updates told in one turn; what comes on top waits for the next ones.
const AT_ONCE: usize = 50;

/// Who an update is about: a newer one takes the place of an older one.
type Key = (MonitorId, Option<Region>);

#[derive(Debug, Default)]
pub(super) struct Burst {
    told: usize,
    waiting: HashMap<Key, MonitorUpdate>,
    /// Whose turn it is, by the time they began to wait.
    turns: VecDeque<Key>,
}

impl Burst {
    /// Gives an update back that may be told now; keeps it otherwise.
    pub(super) fn offer(&mut self, update: MonitorUpdate) -> Option<MonitorUpdate> {
        let key = (update.monitor, update.region.clone());
        if self.told < AT_ONCE && !self.waiting.contains_key(&key) {
            self.told += 1;
            return Some(update);
        }
        if self.waiting.insert(key.clone(), update).is_none() {
            self.turns.push_back(key);
        }
        None
    }

    /// The next turn: those that wait longest.
    pub(super) fn turn(&mut self) -> Vec<MonitorUpdate> {
        let count = self.turns.len().min(AT_ONCE);
        self.told = count;
        let keys: Vec<Key> = self.turns.drain(..count).collect();
        keys.iter()
            .filter_map(|key| self.waiting.remove(key))
            .collect()
    }

    /// Nothing was told since the last turn, and nothing waits.
    pub(super) fn is_over(&self) -> bool {
        self.told == 0 && self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::monitor::{State, Status};
    use uuid::Uuid;

    fn update(monitor: u128, took: f64) -> MonitorUpdate {
        MonitorUpdate {
            monitor: MonitorId(Uuid::from_u128(monitor)),
            status: Status::plain(State::Up, chrono::DateTime::UNIX_EPOCH, ""),
            region: Some("here".parse().expect("a region")),
            tick_at: None,
            total_time_ms: Some(took),
        }
    }

    #[test]
    fn at_rest_everything_is_told_at_once() {
        let mut burst = Burst::default();
        for took in [1.0, 2.0, 3.0] {
            assert_eq!(burst.offer(update(1, took)), Some(update(1, took)));
        }
        assert_eq!(burst.turn(), []);
        assert!(burst.is_over());
    }

    #[test]
    fn a_flood_is_told_in_turns_with_the_newest_of_each() {
        let mut burst = Burst::default();
        let mut told = 0;
        for took in [1.0, 2.0] {
            for monitor in 0..200 {
                told += usize::from(burst.offer(update(monitor, took)).is_some());
            }
        }
        assert_eq!(told, AT_ONCE);
        let mut newest = Vec::new();
        while !burst.is_over() {
            let turn = burst.turn();
            assert!(turn.len() <= AT_ONCE);
            newest.extend(turn);
        }
        assert_eq!(newest.len(), 200);
        assert!(
            newest
                .iter()
                .all(|update| update.total_time_ms == Some(2.0))
        );
    }
}
