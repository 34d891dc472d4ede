//! What became of one attempt, and how answers over HTTP are judged.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::dial;

/// With the detail for the delivery log.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    Delivered(String),
    /// The cause may pass; the receiver may have said when to come again.
    Failed(String, Option<Duration>),
    /// No retry can help.
    Refused(String),
}

/// The verdict on an answer over HTTP; `said` is what it begins with, if it is worth telling.
pub(super) fn judge(status: StatusCode, headers: &HeaderMap, said: &str, took_ms: u128) -> Attempt {
    let mut detail = format!("HTTP {} after {took_ms} ms", status.as_u16());
    if !said.is_empty() {
        detail = format!("{detail}: {said}");
    }
    match status.as_u16() {
        200..=299 => Attempt::Delivered(detail),
        300..=399 => Attempt::Refused(format!("{detail}: redirects are not followed")),
        429 | 500.. => Attempt::Failed(detail, retry_after(headers)),
        _ => Attempt::Refused(detail),
    }
}

/// The form in seconds, which Discord writes with a fraction; the form with a date is rare and our own backoff does as well.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    Duration::try_from_secs_f64(seconds.parse().ok()?).ok()
}

/// The verdict on an exchange that came to no answer.
pub(super) fn judge_error(error: &(dyn std::error::Error + 'static), took_ms: u128) -> Attempt {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    if cause.is::<contract::address::Blocked>() {
        return Attempt::Refused(cause.to_string());
    }
    // An operating system's error reads "Connection refused (os error 111)"; its kind alone is for people.
    let words = cause
        .downcast_ref::<std::io::Error>()
        .map_or_else(|| cause.to_string(), |error| error.kind().to_string());
    Attempt::Failed(format!("{words} after {took_ms} ms"), None)
}

pub(super) fn timed_out() -> Attempt {
    let limit_s = dial::TIMEOUT.as_secs();
    Attempt::Failed(format!("no answer within {limit_s} s"), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_network_errors_5xx_and_429_are_tried_again() {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, "7".parse().expect("a header"));
        let judged = |code| {
            let status = StatusCode::from_u16(code).expect("a status");
            match judge(status, &headers, "", 12) {
                Attempt::Delivered(detail) => ("delivered", detail, None),
                Attempt::Failed(detail, asked) => ("failed", detail, asked),
                Attempt::Refused(detail) => ("refused", detail, None),
            }
        };
        for (code, outcome) in [
            (200, "delivered"),
            (204, "delivered"),
            (302, "refused"),
            (400, "refused"),
            (404, "refused"),
            (410, "refused"),
            (429, "failed"),
            (500, "failed"),
            (503, "failed"),
        ] {
            assert_eq!(judged(code).0, outcome, "{code}");
        }
        assert_eq!(judged(429).2, Some(Duration::from_secs(7)));
        assert_eq!(judged(503).1, "HTTP 503 after 12 ms");
    }

    #[test]
    fn patience_may_be_asked_for_in_fractions_and_nonsense_is_none() {
        let asked = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().expect("a header"));
            retry_after(&headers)
        };
        assert_eq!(asked("0.5"), Some(Duration::from_millis(500)));
        for nonsense in ["-1", "inf", "NaN", "1e300", "soon"] {
            assert_eq!(asked(nonsense), None, "{nonsense}");
        }
    }
}
