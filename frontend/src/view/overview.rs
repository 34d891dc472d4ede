//! The tenant at a glance: what is wrong now, and how it went lately.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use contract::monitor::{Overview, State, Status, Uptime};

use crate::view::figure::count;

/// The monitors that need somebody: worst first, and the longest first among equals.
pub fn wrong(monitors: &[Overview]) -> Vec<Overview> {
    let mut wrong: Vec<Overview> = monitors
        .iter()
        .filter(|one| one.status.state > State::Maintenance || one.status.advisory.is_some())
        .cloned()
        .collect();
    wrong.sort_by_key(|one| (Reverse(one.status.state), one.status.since));
    wrong
}

/// The one line of a good day.
pub fn calm(monitors: &[Overview]) -> String {
    let watched: Vec<_> = monitors
        .iter()
        .filter(|one| one.status.state != State::Paused)
        .collect();
    let regions: BTreeSet<_> = watched
        .iter()
        .flat_map(|one| &one.monitor.spec.regions)
        .collect();
    format!(
        "All is well: {} watched from {}.",
        count(watched.len(), "monitor"),
        count(regions.len(), "region")
    )
}

/// Which regions say so: "from eu-central, us-east".
pub fn regions(status: &Status) -> Option<String> {
    let failing: Vec<&str> = status
        .votes
        .iter()
        .filter(|vote| !vote.ok || vote.slow)
        .map(|vote| vote.region.as_str())
        .collect();
    (!failing.is_empty()).then(|| format!("from {}", failing.join(", ")))
}

/// Uptime of all monitors together, second by second.
pub fn together(monitors: &[Overview], of: impl Fn(&Overview) -> Uptime) -> String {
    monitors.iter().map(of).sum::<Uptime>().percent()
}

/// Whether every word typed occurs in the name, group, target or state.
pub fn matches(one: &Overview, typed: &str) -> bool {
    let spec = &one.monitor.spec;
    let text = [
        spec.name.as_str(),
        spec.group.as_deref().unwrap_or_default(),
        spec.check.target(),
        one.status.state.label(),
        one.status.state.as_str(),
    ]
    .join("\n")
    .to_lowercase();
    typed
        .to_lowercase()
        .split_whitespace()
        .all(|word| text.contains(word))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::view::live;
    use contract::live::{MonitorUpdate, Update};

    pub(crate) fn monitor(name: &str, state: &str, since: &str) -> Overview {
        serde_json::from_value(serde_json::json!({
            "id": "00000000-0000-0000-0000-000000000001", "tenant": "00000000-0000-0000-0000-000000000000", "revision": 1,
            "name": name, "target": "https://example.com/", "regions": ["a", "b", "c"],
            "status": { "state": state, "since": since, "reason": "connection refused", "votes": [
                { "region": "a", "tick_at": since, "ok": false, "count": 2 },
                { "region": "b", "tick_at": since, "ok": true, "count": 9 },
            ] },
            "uptime_24h": { "up_s": 3, "down_s": 1, "unknown_s": 0, "maintenance_s": 0 },
            "uptime_30d": { "up_s": 1, "down_s": 0, "unknown_s": 0, "maintenance_s": 0 },
            "recent": [], "certificate_expires_at": null, "demo": false,
        }))
        .expect("a monitor")
    }

    #[test]
    fn the_worst_and_longest_comes_first_and_the_well_are_left_out() {
        let wrong = wrong(&[
            monitor("fine", "up", "2026-11-20T10:00:00Z"),
            monitor("slow", "degraded", "2026-11-20T09:00:00Z"),
            monitor("new", "down", "2026-11-20T12:00:00Z"),
            monitor("old", "down", "2026-11-20T11:00:00Z"),
        ]);
        let names: Vec<_> = wrong
            .iter()
            .map(|one| one.monitor.spec.name.as_str())
            .collect();
        assert_eq!(names, ["old", "new", "slow"]);
        assert_eq!(regions(&wrong[0].status).as_deref(), Some("from a"));
    }

    #[test]
    fn a_good_day_is_one_line() {
        let fine = [monitor("fine", "up", "2026-11-20T10:00:00Z")];
        assert_eq!(
            calm(&fine),
            "All is well: 1 monitor watched from 3 regions."
        );
        assert_eq!(together(&fine, |one| one.uptime_24h), "75.00 %");
    }

    #[test]
    fn typing_filters_by_every_word() {
        let one = monitor("Public API", "down", "2026-11-20T10:00:00Z");
        assert!(matches(&one, "api DOWN"));
        assert!(!matches(&one, "api up"));
    }

    #[test]
    fn an_update_is_taken_once_and_a_stranger_is_read_again() {
        let mut list = [monitor("API", "up", "2026-11-20T10:00:00Z")];
        let update = MonitorUpdate {
            monitor: list[0].monitor.id,
            status: monitor("API", "down", "2026-11-20T12:00:00Z").status,
            region: None,
            tick_at: Some("2026-11-20T12:00:00Z".parse().expect("an instant")),
            total_time_ms: Some(5.0),
        };
        let update = Update::Monitor(Box::new(update));
        assert_eq!(live::apply(&mut list, &update), live::Effect::Taken);
        assert_eq!(live::apply(&mut list, &update), live::Effect::Taken);
        assert_eq!(
            (list[0].status.state, list[0].recent.len()),
            (State::Down, 1)
        );
        assert_eq!(live::apply(&mut [], &update), live::Effect::Stale);
    }
}
