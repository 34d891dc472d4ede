//! Phase timing on the monotonic clock.

use std::ops::Add;
use std::time::{Duration, Instant};

use contract::probe::{Reason, Timings};

use super::Failure;

/// A stopwatch whose laps leave no gap, so that the phases of a request add up to its total.
#[derive(Debug)]
pub(super) struct Laps {
    last: Instant,
}

impl Laps {
    pub(super) fn start() -> Self {
        Self {
            last: Instant::now(),
        }
    }

    /// The time since the last lap.
    pub(super) fn lap(&mut self) -> Duration {
        self.lap_at(Instant::now())
    }

    /// The time between the last lap and an instant that somebody noted since.
    pub(super) fn lap_at(&mut self, at: Instant) -> Duration {
        let lap = at.saturating_duration_since(self.last);
        self.last = self.last.max(at);
        lap
    }
}

/// The phases of a request; `None` where one was not reached or not needed. A phase that failed counts until its failure.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Phases {
    pub(super) dns: Option<Duration>,
    pub(super) connect: Option<Duration>,
    pub(super) tls: Option<Duration>,
    pub(super) first_byte: Option<Duration>,
    pub(super) transfer: Option<Duration>,
}

impl Phases {
    /// In milliseconds; the total is the exact sum of what is shown.
    pub(super) fn timings(self) -> Timings {
        let all = [
            self.dns,
            self.connect,
            self.tls,
            self.first_byte,
            self.transfer,
        ];
        let total_us: u64 = all.into_iter().flatten().map(microseconds).sum();
        let [dns, connect, tls, first_byte, transfer] =
            all.map(|phase| phase.map(|phase| milliseconds(microseconds(phase))));
        Timings {
            dns_lookup_ms: dns,
            tcp_connect_ms: connect,
            tls_handshake_ms: tls,
            time_to_first_byte_ms: first_byte,
            transfer_ms: transfer,
            total_time_ms: Some(milliseconds(total_us)),
        }
    }
}

impl Add for Phases {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let sum = |a: Option<Duration>, b: Option<Duration>| match (a, b) {
            (Some(a), Some(b)) => Some(whole(a) + whole(b)),
            (one, other) => one.or(other),
        };
        Self {
            dns: sum(self.dns, other.dns),
            connect: sum(self.connect, other.connect),
            tls: sum(self.tls, other.tls),
            first_byte: sum(self.first_byte, other.first_byte),
            transfer: sum(self.transfer, other.transfer),
        }
    }
}

/// How long a check may still take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    deadline: Instant,
    timeout: Duration,
}

impl Budget {
    pub(super) fn start(timeout_ms: u32) -> Self {
        let timeout = Duration::from_millis(timeout_ms.into());
        Self {
            deadline: Instant::now() + timeout,
            timeout,
        }
    }

    /// The outcome of a phase, or a failure that names the phase if the check's time is over before.
    pub(super) async fn within<T>(
        &self,
        phase: &str,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::time::timeout_at(self.deadline.into(), work)
            .await
            .unwrap_or_else(|_| Err(self.over(phase)))
    }

    /// The check's time is over in this phase.
    pub(super) fn over(&self, phase: &str) -> Failure {
        let message = format!("{phase} timeout after {}", spoken(self.timeout));
        Failure::new(Reason::Timeout, message)
    }

    pub(super) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

/// "5 s", "1.5 s", "250 ms".
fn spoken(span: Duration) -> String {
    if span < Duration::from_secs(1) {
        format!("{} ms", span.as_millis())
    } else {
        format!("{} s", span.as_secs_f64())
    }
}

fn whole(span: Duration) -> Duration {
    Duration::from_micros(microseconds(span))
}

fn microseconds(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a check takes far less than 2^52 us"
)]
fn milliseconds(microseconds: u64) -> f64 {
    microseconds as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn laps_leave_no_gap_and_never_go_back() {
        let start = Instant::now();
        let mut laps = Laps { last: start };
        let at = |ms| start + Duration::from_millis(ms);
        assert_eq!(laps.lap_at(at(5)), Duration::from_millis(5));
        assert_eq!(laps.lap_at(at(3)), Duration::ZERO);
        assert_eq!(laps.lap_at(at(9)), Duration::from_millis(4));
    }

    #[test]
    fn a_total_is_the_exact_sum_of_what_is_shown() {
        let odd = Some(Duration::from_nanos(1_999));
        let hop = Phases {
            connect: odd,
            first_byte: odd,
            ..Phases::default()
        };
        let timings = (hop + hop).timings();
        assert_eq!(timings.tcp_connect_ms, Some(0.002));
        assert_eq!(timings.dns_lookup_ms, None);
        assert_eq!(timings.total_time_ms, Some(0.004));
    }

    #[tokio::test(start_paused = true)]
    async fn a_phase_that_outlasts_the_check_is_named() {
        let budget = Budget::start(1_500);
        let failure = budget
            .within::<()>("connect", std::future::pending())
            .await
            .expect_err("no end");
        assert_eq!(failure.reason, Reason::Timeout);
        assert_eq!(failure.message, "connect timeout after 1.5 s");
    }
}
