//! What is wrong now: monitors that do badly and alerts that are open, the worst first.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use contract::alert::Alert;
use contract::monitor::{Overview, State};

use crate::view::overview::{regions, wrong};
use crate::view::rule::{group, severity_state};
use crate::view::state::{capitalised, sentence};

/// One thing that needs somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct Trouble {
    pub state: State,
    /// Beside the state's shape.
    pub word: String,
    pub title: String,
    pub since: DateTime<Utc>,
    pub why: String,
    /// Which regions, or which series.
    pub place: Option<String>,
    /// Below the tenant: where somebody looks into it.
    pub path: String,
}

/// All that is wrong, the worst first, and the longest first among equals.
pub fn troubles(monitors: &[Overview], alerts: &[Alert]) -> Vec<Trouble> {
    let wrong = wrong(monitors);
    // What a monitor tells itself is not told again by a rule about it.
    let told = |alert: &&Alert| {
        let of = wrong
            .iter()
            .find(|one| Some(one.monitor.id) == alert.monitor);
        of.is_some_and(|one| one.status.state >= severity_state(alert.severity))
    };
    let alerts = alerts.iter().filter(|alert| alert.resolved_at.is_none());
    let alerts = alerts.filter(|alert| !told(alert)).map(of_alert);
    let mut all: Vec<Trouble> = wrong.iter().map(of_monitor).chain(alerts).collect();
    all.sort_by_key(|trouble| (Reverse(trouble.state), trouble.since));
    all
}

fn of_monitor(one: &Overview) -> Trouble {
    let status = &one.status;
    // A failing minority: the monitor is up, but somebody should know.
    let is_advisory = status.state <= State::Maintenance;
    let (state, word) = if is_advisory {
        (State::Degraded, "Advisory".to_owned())
    } else {
        (status.state, status.state.label().to_owned())
    };
    let failing = status.votes.iter().filter(|vote| !vote.ok || vote.slow);
    let first = failing.map(|vote| vote.tick_at).min();
    Trouble {
        state,
        word,
        title: one.monitor.spec.name.clone(),
        since: first.filter(|_| is_advisory).unwrap_or(status.since),
        why: sentence(status).unwrap_or_else(|| capitalised(&status.why())),
        place: regions(status).map(|words| capitalised(&words)),
        path: format!("/monitors/{}", one.monitor.id),
    }
}

fn of_alert(alert: &Alert) -> Trouble {
    Trouble {
        state: severity_state(alert.severity),
        word: capitalised(alert.severity.as_str()),
        title: alert.rule_name.clone(),
        since: alert.started_at,
        why: capitalised(&alert.reason),
        place: (!alert.labels.is_empty()).then(|| group(&alert.labels)),
        path: match alert.rule {
            Some(rule) => format!("/rules/{rule}"),
            None => "/rules".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::overview::tests::monitor;
    use crate::view::rule::tests::{alert, rule};

    const NOON: &str = "2026-11-20T12:00:00Z";

    #[test]
    fn the_worst_comes_first_whether_a_monitor_or_an_alert() {
        let hot = rule("hot", r#""kind":"no_data","metric":"cpu","silent_s":90"#);
        let all = troubles(
            &[
                monitor("slow", "degraded", NOON),
                monitor("gone", "down", NOON),
            ],
            &[alert(hot.id, "2026-11-20T11:00:00Z")],
        );
        let titles: Vec<_> = all.iter().map(|one| one.title.as_str()).collect();
        assert_eq!(titles, ["gone", "Hot", "slow"]);
        assert_eq!(all[1].place.as_deref(), Some("host=a"));
        assert!(all[1].path.starts_with("/rules/"), "{}", all[1].path);
    }

    #[test]
    fn a_rule_does_not_repeat_what_its_monitor_says() {
        let down = monitor("gone", "down", NOON);
        let mut about = alert(
            rule("x", r#""kind":"no_data","metric":"cpu","silent_s":90"#).id,
            NOON,
        );
        about.monitor = Some(down.monitor.id);
        assert_eq!(troubles(&[down], &[about]).len(), 1);
    }

    #[test]
    fn a_failing_minority_is_an_advisory_since_it_fails() {
        let mut one = monitor("API", "up", NOON);
        one.status.advisory = Some("slow from a (1 of 3 regions)".to_owned());
        one.status.since = "2026-11-01T00:00:00Z".parse().expect("an instant");
        let trouble = &troubles(&[one], &[])[0];
        assert_eq!(
            (trouble.word.as_str(), trouble.state),
            ("Advisory", State::Degraded)
        );
        assert_eq!(
            trouble.since,
            NOON.parse::<DateTime<Utc>>().expect("an instant")
        );
        assert_eq!(trouble.why, "Slow from a (1 of 3 regions)");
    }
}
