//! How long somebody who mistyped a password has to wait.

use chrono::{DateTime, TimeDelta, Utc};

/// Failures that cost nothing.
const FREE: i32 = 5;
const FIRST_WAIT_S: i64 = 5;
const LONGEST_WAIT_S: i64 = 900;
/// After this long without a failure all is forgotten.
pub(crate) const MEMORY: TimeDelta = TimeDelta::hours(24);

/// The failures of one e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failures {
    pub(crate) count: i32,
    pub(crate) last_at: DateTime<Utc>,
}

/// Seconds until the next try is allowed, or `None` if it is allowed now. The wait doubles with every failure.
pub(crate) fn wait_s(failures: Failures, now: DateTime<Utc>) -> Option<u32> {
    let beyond = failures
        .count
        .checked_sub(FREE)
        .filter(|beyond| *beyond >= 0)?;
    let doublings = u32::try_from(beyond.min(20)).unwrap_or_default();
    let wait_s = (FIRST_WAIT_S << doublings).min(LONGEST_WAIT_S);
    let passed_s = (now - failures.last_at).num_seconds();
    u32::try_from(wait_s - passed_s)
        .ok()
        .filter(|left| *left > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_begins_after_five_failures_and_doubles_up_to_a_quarter_of_an_hour() {
        let last_at = DateTime::UNIX_EPOCH;
        let wait = |count, passed_s| {
            wait_s(
                Failures { count, last_at },
                last_at + TimeDelta::seconds(passed_s),
            )
        };
        assert_eq!(wait(4, 0), None);
        assert_eq!(wait(5, 0), Some(5));
        assert_eq!(wait(5, 4), Some(1));
        assert_eq!(wait(5, 5), None);
        assert_eq!(wait(6, 0), Some(10));
        assert_eq!(wait(i32::MAX, 0), Some(900));
    }
}
