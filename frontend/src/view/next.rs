//! When a monitor is looked at next.

use chrono::{DateTime, TimeDelta, Utc};
use contract::monitor::{Overview, State};

use crate::view::figure::duration;

/// "every 10 s" where it is soon anyway, "in 4 min" where it is not, "paused" where it never is.
pub fn check(one: &Overview, now: Option<DateTime<Utc>>) -> String {
    let interval_s = i64::from(one.monitor.spec.check.interval_s);
    let every = format!("every {}", duration(interval_s));
    if one.monitor.spec.paused || one.status.state == State::Paused {
        return "paused".to_owned();
    }
    let Some(now) = now.filter(|_| interval_s > 60) else {
        return every;
    };
    let interval = TimeDelta::seconds(interval_s);
    let due = one.status.votes.iter().map(|vote| vote.tick_at + interval);
    match due.min() {
        Some(due) if due > now => {
            // A minute that has begun is a minute to wait.
            let left = (due - now).num_seconds();
            let whole = (left + 59) / 60 * 60;
            format!("in {}", duration(if left < 60 { left } else { whole }))
        }
        Some(_) => "due now".to_owned(),
        None => every,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::overview::tests::monitor;

    #[test]
    fn what_is_rare_says_when() {
        let looked = "2026-11-20T10:00:00Z";
        let at = |text: &str| Some(text.parse::<DateTime<Utc>>().expect("an instant"));
        let mut one = monitor("API", "up", looked);
        assert_eq!(check(&one, at("2026-11-20T10:00:10Z")), "every 1 min");
        one.monitor.spec.check.interval_s = 300;
        assert_eq!(check(&one, None), "every 5 min");
        assert_eq!(check(&one, at("2026-11-20T10:01:30Z")), "in 4 min");
        assert_eq!(check(&one, at("2026-11-20T10:04:30Z")), "in 30 s");
        assert_eq!(check(&one, at("2026-11-20T10:06:00Z")), "due now");
        one.monitor.spec.paused = true;
        assert_eq!(check(&one, None), "paused");
    }
}
