//! Which instant a tick stands for.

use chrono::{DateTime, TimeDelta, Utc};

/// The instant of the tick after this one, set by the server on every message that a schedule produced.
pub(crate) const NEXT: &str = "Nats-Schedule-Next";

/// The instant a check was due: one interval before the schedule's next tick. That makes it the same for every delivery,
/// and for a second copy that a recovering server may produce. A job without a schedule was due when it was published.
pub(crate) fn due_at(
    next: Option<&str>,
    interval_s: u32,
    published_at: DateTime<Utc>,
) -> DateTime<Utc> {
    next.and_then(|next| DateTime::parse_from_rfc3339(next).ok())
        .and_then(|next| next.to_utc().checked_sub_signed(interval(interval_s)))
        .unwrap_or_else(|| whole_milliseconds(published_at))
}

/// Whether the next tick is due already, so that this one can only be recorded as missed.
pub(crate) fn is_too_late(tick_at: DateTime<Utc>, interval_s: u32, now: DateTime<Utc>) -> bool {
    now - tick_at > interval(interval_s)
}

fn interval(seconds: u32) -> TimeDelta {
    TimeDelta::seconds(seconds.into())
}

/// The key of a result has milliseconds, so its instant must not have more.
fn whole_milliseconds(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.timestamp_millis()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_tick_is_one_interval_before_the_next() {
        let published_at = at("2026-11-20T15:55:44.169439Z");
        assert_eq!(
            due_at(Some("2026-11-20T15:55:46Z"), 2, published_at),
            at("2026-11-20T15:55:44Z")
        );
        let late_copy = at("2026-11-20T15:55:45.9Z");
        assert_eq!(
            due_at(Some("2026-11-20T15:55:46Z"), 2, late_copy),
            at("2026-11-20T15:55:44Z")
        );
    }

    #[test]
    fn a_job_without_a_schedule_was_due_when_it_was_published() {
        let published_at = at("2026-11-20T15:55:44.169439Z");
        for next in [None, Some("purge"), Some("")] {
            assert_eq!(
                due_at(next, 60, published_at),
                at("2026-11-20T15:55:44.169Z")
            );
        }
    }

    #[test]
    fn a_tick_is_too_late_when_the_next_one_is_due() {
        let tick_at = at("2026-11-20T15:55:00Z");
        assert!(!is_too_late(tick_at, 30, at("2026-11-20T15:55:30Z")));
        assert!(is_too_late(tick_at, 30, at("2026-11-20T15:55:30.001Z")));
    }
}
