//! How long to wait before the next attempt.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(1);
/// A server that asks for more than this is asked again earlier.
const LONGEST_ASKED: Duration = Duration::from_mins(15);

#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Doubles each time, and is never shorter than the server asks for. Spread, so that many agents do not come back at once.
    pub(super) fn next(&mut self, asked: Option<Duration>) -> Duration {
        let own = FIRST
            .saturating_mul(1 << self.failures.min(10))
            .min(LONGEST);
        self.failures += 1;
        let spread = rand::random_range(0.5..1.0);
        match asked {
            Some(asked) => {
                asked.min(LONGEST_ASKED).max(own.mul_f64(spread)) + FIRST.mul_f64(spread - 0.5)
            }
            None => own.mul_f64(spread),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_a_minute_and_is_never_shorter_than_asked() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..20).map(|_| backoff.next(None)).collect();
        for (expected_s, wait) in [1, 2, 4, 8, 16, 32, 60, 60].into_iter().zip(waits) {
            let most = Duration::from_secs(expected_s);
            assert!(
                (most / 2..=most).contains(&wait),
                "{wait:?} instead of {most:?}"
            );
        }
        let asked = Duration::from_secs(90);
        assert!(backoff.next(Some(asked)) >= asked);
        let strange = Duration::from_secs(u64::MAX);
        assert!(backoff.next(Some(strange)) <= LONGEST_ASKED + FIRST);
    }
}
