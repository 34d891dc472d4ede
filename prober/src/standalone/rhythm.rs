//! When an endpoint is checked: at a fixed rate, at a phase of its own, and never twice for one tick.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Alone;
use super::config::Endpoint;
use crate::check::Report;

/// The tasks of all endpoints of a file.
pub(super) struct Round {
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Round {
    pub(super) fn start(endpoints: &[Endpoint], alone: &Alone) -> Self {
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        for endpoint in endpoints {
            tasks.spawn(keep_checking(endpoint.clone(), alone.clone(), stop.clone()));
        }
        Self { tasks, stop }
    }

    /// Checks that were begun are finished.
    pub(super) async fn end(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn keep_checking(endpoint: Endpoint, alone: Alone, stop: CancellationToken) {
    let phase = phase(&endpoint.key(), endpoint.interval);
    let mut tick_at = next_tick(service::now(), endpoint.interval, phase);
    loop {
        let wait = (tick_at - service::now()).to_std().unwrap_or_default();
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        let Ok(place) = alone.places.acquire().await else {
            return;
        };
        // Whoever waited for a place for so long that the next tick is due has missed this one.
        let late = service::now() - tick_at;
        if late.to_std().unwrap_or_default() < endpoint.interval {
            let report = alone.engine.run(&endpoint.check, Duration::ZERO).await;
            drop(place);
            note(&alone, &endpoint, late, &report);
        }
        let next = next_tick(service::now(), endpoint.interval, phase);
        let missed = ticks_between(tick_at, next, endpoint.interval);
        if missed > 0 {
            alone.board.missed(&endpoint, missed);
            alone.console.missed(&endpoint, missed);
        }
        tick_at = next;
    }
}

fn note(alone: &Alone, endpoint: &Endpoint, late: TimeDelta, report: &Report) {
    let change = alone.board.note(endpoint, late, report);
    alone.console.tell(endpoint, report, change);
}

/// Where in its interval an endpoint is checked, so that not all are checked at once.
fn phase(key: &str, interval: Duration) -> Duration {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    let interval_ms = u64::try_from(interval.as_millis())
        .unwrap_or(u64::MAX)
        .max(1);
    Duration::from_millis(hasher.finish() % interval_ms)
}

/// The first tick after `now`. Ticks are counted from the epoch, so that they are the same after a restart.
fn next_tick(now: DateTime<Utc>, interval: Duration, phase: Duration) -> DateTime<Utc> {
    let milliseconds = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    let (interval, phase) = (milliseconds(interval).max(1), milliseconds(phase));
    let passed = (now.timestamp_millis() - phase).div_euclid(interval);
    DateTime::from_timestamp_millis((passed + 1) * interval + phase).unwrap_or(now)
}

/// Ticks that lie between two, both excluded.
fn ticks_between(from: DateTime<Utc>, to: DateTime<Utc>, interval: Duration) -> u64 {
    let span = (to - from).to_std().unwrap_or_default();
    let ticks = span.as_millis() / interval.as_millis().max(1);
    u64::try_from(ticks).unwrap_or(u64::MAX).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(milliseconds).expect("an instant")
    }

    #[test]
    fn ticks_have_a_fixed_rate_whatever_a_check_takes() {
        let (interval, phase) = (Duration::from_secs(10), Duration::from_millis(2_500));
        assert_eq!(next_tick(at(0), interval, phase), at(2_500));
        assert_eq!(next_tick(at(2_500), interval, phase), at(12_500));
        assert_eq!(next_tick(at(12_499), interval, phase), at(12_500));
        assert_eq!(next_tick(at(39_000), interval, phase), at(42_500));
    }

    #[test]
    fn ticks_that_were_slept_through_are_counted() {
        let interval = Duration::from_secs(10);
        assert_eq!(ticks_between(at(2_500), at(12_500), interval), 0);
        assert_eq!(ticks_between(at(2_500), at(42_500), interval), 3);
    }

    #[test]
    fn phases_spread_over_the_interval() {
        let interval = Duration::from_mins(1);
        let mut quarters = [0; 4];
        for number in 0..400 {
            let phase = phase(&format!("endpoint-{number}"), interval);
            let quarter = usize::try_from(phase.as_millis() / 15_000).expect("within the interval");
            quarters[quarter] += 1;
        }
        assert!(quarters.iter().all(|count| *count > 60), "{quarters:?}");
    }
}
