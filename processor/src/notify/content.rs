//! The words in which people are told.

use contract::channel::Content;
use contract::event::{Event, IncidentOpened, IncidentResolved};
use contract::monitor::why;

use super::alerts;

/// What people are told, or `None` for what is no news to them.
pub(super) fn content(event: &Event) -> Option<Content> {
    match event {
        Event::IncidentOpened(opened) => Some(opened_content(opened)),
        Event::IncidentResolved(resolved) => Some(resolved_content(resolved)),
        Event::AlertOpened(opened) => Some(alerts::opened(opened)),
        Event::AlertReminded(reminded) => Some(alerts::reminded(reminded)),
        Event::AlertResolved(resolved) => alerts::resolved(resolved),
        Event::StateChanged(_) | Event::DeliveryAttempted(_) => None,
    }
}

fn opened_content(opened: &IncidentOpened) -> Content {
    let since = opened.started_at.format("%H:%M:%S UTC");
    Content {
        kind: "incident.opened".to_owned(),
        title: format!("{} is down", opened.monitor_name),
        text: format!(
            "Down since {since} ({}).",
            why(&opened.reason, opened.detail.as_deref())
        ),
        thread: Some(opened.incident.0),
        incident: Some(opened.incident),
        monitor: Some(opened.monitor),
        at: opened.at,
    }
}

fn resolved_content(resolved: &IncidentResolved) -> Content {
    let lasted = duration((resolved.resolved_at - resolved.started_at).num_seconds());
    Content {
        kind: "incident.resolved".to_owned(),
        title: format!("{}: incident resolved", resolved.monitor_name),
        text: format!("Resolved after {lasted} ({}).", resolved.reason),
        thread: Some(resolved.incident.0),
        incident: Some(resolved.incident),
        monitor: Some(resolved.monitor),
        at: resolved.resolved_at,
    }
}

/// "2 h 5 min", the two largest units.
pub(super) fn duration(seconds: i64) -> String {
    let units = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];
    let mut rest = seconds.max(0);
    let mut parts = Vec::new();
    for (unit, size) in units {
        if rest >= size {
            parts.push(format!("{} {unit}", rest / size));
            rest %= size;
        }
    }
    parts.truncate(2);
    if parts.is_empty() {
        "less than a second".to_owned()
    } else {
        parts.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::id::{IncidentId, MonitorId};
    use uuid::Uuid;

    fn resolved() -> IncidentResolved {
        IncidentResolved {
            incident: IncidentId(Uuid::from_u128(1)),
            monitor: MonitorId(Uuid::from_u128(2)),
            monitor_name: "Public API".to_owned(),
            started_at: "2026-11-20T14:10:05Z".parse().expect("an instant"),
            resolved_at: "2026-11-20T16:15:09Z".parse().expect("an instant"),
            reason: "all regions succeed".to_owned(),
        }
    }

    #[test]
    fn a_recovery_says_how_long_it_took() {
        let content = resolved_content(&resolved());
        assert_eq!(content.title, "Public API: incident resolved");
        assert_eq!(
            content.text,
            "Resolved after 2 h 5 min (all regions succeed)."
        );
    }

    #[test]
    fn durations_are_told_in_two_units() {
        for (seconds, words) in [
            (0, "less than a second"),
            (59, "59 s"),
            (3_600, "1 h"),
            (90_061, "1 d 1 h"),
        ] {
            assert_eq!(duration(seconds), words);
        }
    }
}
