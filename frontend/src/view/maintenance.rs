//! Planned work in words, and what of it is now, later, or over.

use contract::id::MonitorId;
use contract::maintenance::{Overview, Time, When};

use crate::view::span;

/// Where a window stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Active,
    Upcoming,
    Past,
}

impl Phase {
    pub const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Active, "Going on", "No work is going on."),
        (Self::Upcoming, "Upcoming", "Nothing is planned."),
        (Self::Past, "Past", "Nothing is over yet."),
    ];

    pub fn of(window: &Overview) -> Self {
        match &window.next {
            Some(_) if window.active => Self::Active,
            Some(_) => Self::Upcoming,
            None => Self::Past,
        }
    }
}

/// "every Wed and Sun at 02:30 for 45 min (Europe/Berlin)"; nothing of what is once.
pub fn rhythm(when: &When) -> Option<String> {
    match when {
        When::Once { .. } => None,
        When::Weekly { days, time } => {
            let mut days = days.clone();
            days.sort_by_key(chrono::Weekday::num_days_from_monday);
            days.dedup();
            let names: Vec<String> = days.iter().map(ToString::to_string).collect();
            let days = match names.len() {
                7 => "day".to_owned(),
                _ => joined(&names),
            };
            Some(format!("every {days} {}", at(time)))
        }
        When::Monthly { days, time } => {
            let mut days = days.clone();
            days.sort_unstable();
            let names: Vec<String> = days.iter().map(|day| format!("{day}.")).collect();
            Some(format!(
                "on the {} of each month {}",
                joined(&names),
                at(time)
            ))
        }
    }
}

/// The monitors a window is about: "all monitors", or their names.
pub fn about(monitors: &[MonitorId], name_of: impl Fn(MonitorId) -> String) -> String {
    if monitors.is_empty() {
        return "all monitors".to_owned();
    }
    let names: Vec<String> = monitors.iter().map(|id| name_of(*id)).collect();
    joined(&names)
}

fn at(time: &Time) -> String {
    format!(
        "at {} for {} ({})",
        time.at.format("%H:%M"),
        span::write(time.duration_min * 60),
        time.time_zone
    )
}

fn joined(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(when: &str) -> Option<String> {
        rhythm(&serde_json::from_str(when).expect("a rhythm"))
    }

    #[test]
    fn a_rhythm_is_said_with_its_zone() {
        let weekly = r#"{"repeat":"weekly","days":["Sun","Wed"],"at":"02:30:00","duration_min":45,"time_zone":"Europe/Berlin"}"#;
        assert_eq!(
            said(weekly).as_deref(),
            Some("every Wed and Sun at 02:30 for 45 min (Europe/Berlin)")
        );
        let monthly = r#"{"repeat":"monthly","days":[15,1],"at":"00:00:00","duration_min":120}"#;
        assert_eq!(
            said(monthly).as_deref(),
            Some("on the 1. and 15. of each month at 00:00 for 2 h (UTC)")
        );
        let once = r#"{"repeat":"once","from":"2026-11-23T02:00:00Z","to":"2026-11-23T03:00:00Z"}"#;
        assert_eq!(said(once), None);
    }

    #[test]
    fn a_window_about_nothing_in_particular_is_about_everything() {
        assert_eq!(about(&[], |_| String::new()), "all monitors");
    }
}
