//! States in words: of a page, of a monitor, of an incident.

use contract::live::Update;
use contract::monitor::{State, Status};
use contract::page::View;
use contract::{incident, probe};

/// The state of a whole page: the worst wins, a paused monitor says nothing. As long as an incident is open, not all is well.
pub fn overall(view: &View) -> State {
    let components = view
        .components()
        .map(|component| component.status.state)
        .filter(|state| *state != State::Paused)
        .max()
        .unwrap_or(State::Unknown);
    match open_incidents(view) {
        0 => components,
        _ => components.max(State::Degraded),
    }
}

fn open_incidents(view: &View) -> usize {
    let open = view.incidents.iter().filter(|it| !it.status.is_over());
    open.count()
}

/// The sentence a page begins with.
pub fn headline(view: &View) -> String {
    let state = overall(view);
    let affected = view
        .components()
        .filter(|component| component.status.state == state)
        .count();
    let subject = match affected {
        1 => "1 component".to_owned(),
        n => format!("{n} components"),
    };
    let verb = if affected == 1 { "is" } else { "are" };
    match state {
        State::Up | State::Paused => "All systems operational".to_owned(),
        State::Maintenance => "Maintenance in progress".to_owned(),
        State::Unknown if affected == 0 => "Nothing is watched yet".to_owned(),
        State::Unknown => format!("The state of {subject} is unknown"),
        State::Degraded if affected == 0 => match open_incidents(view) {
            1 => "1 incident is open".to_owned(),
            n => format!("{n} incidents are open"),
        },
        State::Degraded => format!("{subject} {verb} degraded"),
        State::Down => format!("{subject} {verb} down"),
    }
}

/// The sentence below a component, if there is something to say.
pub fn sentence(status: &Status) -> Option<String> {
    match status.state {
        State::Down | State::Degraded | State::Unknown if !status.reason.is_empty() => {
            Some(capitalised(&status.why()))
        }
        _ => status.advisory.as_deref().map(capitalised),
    }
}

/// "Investigating"
pub fn incident_word(status: incident::Status) -> String {
    capitalised(status.as_str())
}

/// The colour of an incident: open ones are as bad as they look.
pub fn incident_state(status: incident::Status) -> State {
    match status {
        incident::Status::Investigating | incident::Status::Identified => State::Down,
        incident::Status::Monitoring => State::Degraded,
        incident::Status::Resolved | incident::Status::Postmortem => State::Up,
    }
}

/// Whether an update tells of a monitor in planned work.
pub fn is_planned_work(update: &Update) -> bool {
    matches!(update, Update::Monitor(update) if update.status.state == State::Maintenance)
}

/// A check's outcome as a state, so that it is drawn alike.
pub fn outcome_state(outcome: probe::Outcome) -> State {
    match outcome {
        probe::Outcome::Success => State::Up,
        probe::Outcome::Failure => State::Down,
        probe::Outcome::Missed | probe::Outcome::Started | probe::Outcome::Logged => State::Unknown,
    }
}

/// "Connection refused"
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::monitor::Uptime;
    use serde_json::json;

    const ID: &str = "00000000-0000-0000-0000-000000000000";
    const AT: &str = "2026-11-20T12:00:00Z";

    fn page(states: &[State]) -> View {
        let components = states.iter().map(|state| {
            json!({
                "monitor": ID, "name": "API", "description": "", "created_at": AT, "updated_at": AT,
                "status": {"state": state, "since": AT, "reason": "connection refused"},
                "uptime_90d": Uptime::default(), "days": [],
            })
        });
        let group = json!({"id": ID, "name": null, "components": components.collect::<Vec<_>>()});
        serde_json::from_value(json!({
            "page": ID, "tenant": ID, "tenant_slug": "acme", "slug": "main", "first": true, "title": "Acme",
            "description": "", "visibility": "published", "listed": true, "color": null, "logo": null,
            "time_zone": "UTC", "utc_offset_min": 0, "host": null, "created_at": AT, "updated_at": AT,
            "groups": [group], "incidents": [], "maintenances": [], "response": null, "demo": false,
        }))
        .expect("a page")
    }

    #[test]
    fn the_worst_state_wins() {
        assert_eq!(
            overall(&page(&[State::Up, State::Down, State::Degraded])),
            State::Down
        );
        assert_eq!(
            headline(&page(&[State::Up, State::Down])),
            "1 component is down"
        );
        assert_eq!(
            headline(&page(&[State::Degraded, State::Degraded])),
            "2 components are degraded"
        );
    }

    #[test]
    fn as_long_as_an_incident_is_open_not_all_is_well() {
        let mut page = page(&[State::Up]);
        let incident = json!({
            "id": ID, "monitor": null, "title": "Payments are slow", "status": "identified", "started_at": AT,
            "resolved_at": null, "updates": [], "demo": false,
        });
        page.incidents = vec![serde_json::from_value(incident).expect("an incident")];
        assert_eq!(overall(&page), State::Degraded);
        assert_eq!(headline(&page), "1 incident is open");
        page.incidents[0].status = incident::Status::Resolved;
        assert_eq!(headline(&page), "All systems operational");
    }

    #[test]
    fn a_page_without_monitors_claims_nothing() {
        assert_eq!(headline(&page(&[])), "Nothing is watched yet");
        assert_eq!(
            headline(&page(&[State::Up, State::Paused])),
            "All systems operational"
        );
    }

    #[test]
    fn a_failing_minority_is_said_in_words() {
        let mut status = page(&[State::Up]).groups[0].components[0].status.clone();
        assert_eq!(sentence(&status), None);
        status.advisory = Some("slow from eu-central (1 of 3 regions)".to_owned());
        assert_eq!(
            sentence(&status).as_deref(),
            Some("Slow from eu-central (1 of 3 regions)")
        );
    }
}
