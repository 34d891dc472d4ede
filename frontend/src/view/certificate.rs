//! How long a certificate is still good, and how worried to be.

use chrono::{DateTime, Utc};
use contract::monitor::State;
use contract::probe::Certificate;

/// Whole days left, negative when it has expired.
pub fn days_left(expires_at: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    (expires_at - now).num_seconds().div_euclid(86_400)
}

/// Below seven days it is bad, below twenty-one it needs somebody.
pub fn worry(days: i64) -> State {
    match days {
        ..7 => State::Down,
        7..21 => State::Degraded,
        _ => State::Up,
    }
}

/// "61 d", or "expired".
pub fn words(days: i64) -> String {
    if days < 0 {
        "expired".to_owned()
    } else {
        format!("{days} d")
    }
}

/// Why it is not to be trusted, or not for the name that was asked for.
pub fn trouble(certificate: &Certificate) -> Option<String> {
    let foreign = (!certificate.name_matches).then(|| "it stands for another name".to_owned());
    certificate.problem.clone().or(foreign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_late_is_expired() {
        let now: DateTime<Utc> = "2026-11-20T12:00:00Z".parse().expect("an instant");
        let days = days_left(now - chrono::Duration::hours(1), now);
        assert_eq!(words(days), "expired");
        assert_eq!(
            words(days_left(now + chrono::Duration::hours(25), now)),
            "1 d"
        );
    }
}
