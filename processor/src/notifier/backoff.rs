//! How long to wait after a failed attempt.

use std::time::Duration;

use contract::id::NotificationId;
use uuid::Uuid;

/// A receiver may ask for more patience than ours, but not for more than this.
const LONGEST: Duration = Duration::from_hours(6);
/// Waits are prolonged by up to this part, so that receivers that recover are not met by all at once.
const JITTER: f64 = 0.2;

pub(super) struct Backoff {
    waits: Vec<Duration>,
}

#[derive(Debug, thiserror::Error)]
#[error("a backoff of {0} s: waits are between 0 and 86 400 seconds")]
pub(super) struct Error(f64);

impl Backoff {
    pub(super) fn new(waits_s: &[f64]) -> Result<Self, Error> {
        let waits = waits_s.iter().map(|&seconds| {
            if (0.0..=86_400.0).contains(&seconds) {
                Ok(Duration::from_secs_f64(seconds))
            } else {
                Err(Error(seconds))
            }
        });
        Ok(Self {
            waits: waits.collect::<Result<_, _>>()?,
        })
    }

    /// The wait after attempt `number` (from 1), or `None` when it was the last. `asked` is the receiver's `Retry-After`.
    pub(super) fn after(
        &self,
        number: u32,
        id: NotificationId,
        asked: Option<Duration>,
    ) -> Option<Duration> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        let own = self.waits.get(index)?;
        let jittered = own.mul_f64(1.0 + JITTER * share(id, number));
        Some(jittered.max(asked.unwrap_or_default().min(LONGEST)))
    }
}

/// Between 0 and 1, the same for the same attempt of the same notification.
fn share(id: NotificationId, number: u32) -> f64 {
    let attempt = Uuid::new_v5(&id.0, &number.to_be_bytes());
    f64::from(attempt.as_fields().0) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> NotificationId {
        NotificationId(Uuid::from_u128(n << 112))
    }

    #[test]
    fn waits_grow_with_a_little_jitter_and_then_end() {
        let backoff = Backoff::new(&[5.0, 30.0]).expect("valid");
        let first = backoff.after(1, id(7), None).expect("a wait");
        assert!((5.0..=6.0).contains(&first.as_secs_f64()), "{first:?}");
        assert_eq!(backoff.after(1, id(7), None), Some(first));
        assert_ne!(backoff.after(1, id(8), None), Some(first));
        let second = backoff.after(2, id(7), None).expect("a wait");
        assert!((30.0..=36.0).contains(&second.as_secs_f64()), "{second:?}");
        assert_eq!(backoff.after(3, id(7), None), None);
    }

    #[test]
    fn a_receiver_may_ask_for_patience_within_limits() {
        let backoff = Backoff::new(&[5.0]).expect("valid");
        let asked = |seconds| backoff.after(1, id(0), Some(Duration::from_secs(seconds)));
        assert_eq!(asked(1), backoff.after(1, id(0), None));
        assert_eq!(asked(90), Some(Duration::from_secs(90)));
        assert_eq!(asked(999_999), Some(LONGEST));
    }

    #[test]
    fn a_wait_that_is_none_is_refused() {
        for wrong in [-1.0, f64::NAN, 100_000.0] {
            assert!(Backoff::new(&[wrong]).is_err(), "{wrong}");
        }
    }
}
