//! How fast one token may push: requests and samples per second.

use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use contract::plan::Plan;
use contract::problem::FieldError;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use service::problem::ProblemResponse;

/// What is not used for this long is lost, so a push may come in bursts.
const WINDOW_S: u32 = 10;
/// `draft-ietf-httpapi-ratelimit-headers`.
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// What one token has used up of its rates.
pub(crate) struct Rates {
    requests: Rate,
    samples: Rate,
}

impl Rates {
    pub(crate) fn new(plan: &Plan, max_samples: usize) -> Self {
        let largest_push = u32::try_from(max_samples).unwrap_or(u32::MAX);
        Self {
            requests: Rate::new("requests", plan.requests_per_s, 1),
            samples: Rate::new("samples", plan.samples_per_s, largest_push),
        }
    }

    /// Takes one request, and tells the client in these headers what is left.
    pub(crate) fn request(&self, told: &mut HeaderMap) -> Result<(), ProblemResponse> {
        self.requests.take(NonZeroU32::MIN, told)
    }

    /// Takes the samples of a push, all of them or none, and tells the client what is left.
    pub(crate) fn samples(
        &self,
        count: usize,
        told: &mut HeaderMap,
    ) -> Result<(), ProblemResponse> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        match NonZeroU32::new(count) {
            Some(count) => self.samples.take(count, told),
            None => Ok(()),
        }
    }
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, DefaultClock, StateInformationMiddleware>;

/// One kind of thing, so many a second.
pub(crate) struct Rate {
    name: &'static str,
    per_s: NonZeroU32,
    burst: NonZeroU32,
    limiter: Limiter,
}

impl Rate {
    /// A burst of `at_least` is always possible.
    pub(crate) fn new(name: &'static str, per_s: u32, at_least: u32) -> Self {
        let per_s = NonZeroU32::new(per_s).unwrap_or(NonZeroU32::MIN);
        let burst = per_s.saturating_mul(NonZeroU32::MIN.saturating_add(WINDOW_S - 1));
        let burst = burst.max(NonZeroU32::new(at_least).unwrap_or(NonZeroU32::MIN));
        let quota = Quota::per_second(per_s).allow_burst(burst);
        Self {
            name,
            per_s,
            burst,
            limiter: RateLimiter::direct(quota).with_middleware(),
        }
    }

    pub(crate) fn take(
        &self,
        count: NonZeroU32,
        told: &mut HeaderMap,
    ) -> Result<(), ProblemResponse> {
        let wait = match self.limiter.check_n(count.min(self.burst)) {
            Ok(Ok(state)) => {
                self.tell(state.remaining_burst_capacity(), told);
                return Ok(());
            }
            Ok(Err(later)) => later.wait_time_from(DefaultClock::default().now()),
            Err(_) => Duration::from_secs(1),
        };
        self.tell(0, told);
        Err(self.throttled(wait))
    }

    fn tell(&self, left: u32, told: &mut HeaderMap) {
        let Self { name, burst, .. } = self;
        let full_in_s = (burst.get() - left).div_ceil(self.per_s.get());
        let mut append = |header, text: String| {
            if let Ok(value) = HeaderValue::try_from(text) {
                told.append(header, value);
            }
        };
        append(POLICY, format!("\"{name}\";q={burst};w={WINDOW_S}"));
        append(STATE, format!("\"{name}\";r={left};t={full_in_s}"));
    }

    fn throttled(&self, wait: Duration) -> ProblemResponse {
        let wait_s = u32::try_from(wait.as_secs())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let reason = format!("more than {} a second", self.per_s);
        ProblemResponse::new(StatusCode::TOO_MANY_REQUESTS, "throttled", "too fast")
            .detail("nothing was taken: send the same again later")
            .errors(vec![FieldError::new(self.name, reason)])
            .retry_after_s(wait_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(requests_per_s: u32, samples_per_s: u32) -> Rates {
        let plan = Plan {
            requests_per_s,
            samples_per_s,
            ..Plan::default()
        };
        Rates::new(&plan, 100)
    }

    #[test]
    fn a_burst_is_taken_and_more_is_told_to_wait() {
        let (rates, mut told) = (rates(1, 10), HeaderMap::new());
        assert!(rates.samples(60, &mut told).is_ok(), "fits into the burst");
        assert_eq!(told[POLICY], "\"samples\";q=100;w=10");
        assert_eq!(told[STATE], "\"samples\";r=40;t=6");
        let refused = rates.samples(60, &mut told).expect_err("too much");
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        let wait_s = refused.wait_s().expect("told to wait");
        assert!((1..=3).contains(&wait_s), "{wait_s}");
        let reason = FieldError::new("samples", "more than 10 a second");
        assert_eq!(refused.problem().errors, [reason]);
        assert!(
            rates.samples(0, &mut told).is_ok(),
            "nothing is always allowed"
        );
    }

    #[test]
    fn requests_are_counted_one_by_one() {
        let (rates, mut told) = (rates(1, 1), HeaderMap::new());
        let taken = (0..20).take_while(|_| rates.request(&mut told).is_ok());
        assert!(
            (10..15).contains(&taken.count()),
            "10 at once, then 1 a second"
        );
    }
}
