use std::time::Duration;

const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(15);
/// A process that lived this long was well: the next death is a new story.
const WELL: Duration = Duration::from_secs(30);

/// How long to wait before a process is started again.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    deaths: u32,
}

impl Backoff {
    /// The pause after a process that lived this long: doubled with each early death.
    pub(super) fn next(&mut self, lived: Duration) -> Duration {
        if lived >= WELL {
            self.deaths = 0;
        }
        let pause = FIRST
            .saturating_mul(2_u32.saturating_pow(self.deaths))
            .min(LONGEST);
        self.deaths = self.deaths.saturating_add(1);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_bound_and_start_again_after_a_long_life() {
        let mut backoff = Backoff::default();
        let early = Duration::from_secs(1);
        let pauses: Vec<u128> = (0..8).map(|_| backoff.next(early).as_millis()).collect();
        assert_eq!(
            pauses,
            [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]
        );
        assert_eq!(backoff.next(WELL), FIRST);
    }

    #[test]
    fn a_process_that_never_lives_is_waited_for_without_overflow() {
        let mut backoff = Backoff {
            deaths: u32::MAX - 1,
        };
        backoff.next(Duration::ZERO);
        assert_eq!(backoff.next(Duration::ZERO), LONGEST);
    }
}
