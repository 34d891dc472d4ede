//! Waiting for a fact instead of sleeping.

use std::fmt::Display;
use std::panic::Location;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

const PAUSE: Duration = Duration::from_millis(15);

/// What one attempt of [`eventually`] found: `bool`, `Option<T>` or `Result<T, impl Display>`.
pub trait Attempt {
    type Value;

    /// The value that was waited for, or why it is not there yet.
    fn settle(self) -> Result<Self::Value, String>;
}

impl Attempt for bool {
    type Value = ();

    fn settle(self) -> Result<(), String> {
        self.then_some(()).ok_or_else(|| "still false".to_owned())
    }
}

impl<T> Attempt for Option<T> {
    type Value = T;

    fn settle(self) -> Result<T, String> {
        self.ok_or_else(|| "still nothing".to_owned())
    }
}

impl<T, E: Display> Attempt for Result<T, E> {
    type Value = T;

    fn settle(self) -> Result<T, String> {
        self.map_err(|error| format!("{error:#}"))
    }
}

/// Tries again and again until an attempt succeeds; panics with the last reason when `deadline` has passed.
///
/// An attempt that hangs is cut off by the same deadline.
#[track_caller]
pub fn eventually<F, A>(
    deadline: Duration,
    mut attempt: F,
) -> impl Future<Output = <A::Output as Attempt>::Value>
where
    F: FnMut() -> A,
    A: Future,
    A::Output: Attempt,
{
    let caller = Location::caller();
    async move {
        let end = Instant::now() + deadline;
        let mut last = "the first attempt never ended".to_owned();
        loop {
            if let Ok(outcome) = timeout_at(end, attempt()).await {
                match outcome.settle() {
                    Ok(value) => return value,
                    Err(reason) => last = reason,
                }
            }
            assert!(
                Instant::now() < end,
                "not within {deadline:?} (waited for at {caller}): {last}"
            );
            sleep(PAUSE).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn the_first_success_is_returned() {
        let tries = Cell::new(0);
        let value = eventually(Duration::from_secs(5), || async {
            tries.set(tries.get() + 1);
            (tries.get() == 3).then_some("there")
        })
        .await;
        assert_eq!((value, tries.get()), ("there", 3));
    }

    #[tokio::test]
    #[should_panic(expected = "the well is dry")]
    async fn the_last_reason_is_told_at_the_deadline() {
        eventually(Duration::from_millis(50), || async {
            Err::<(), _>("the well is dry")
        })
        .await;
    }
}
