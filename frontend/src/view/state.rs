//! States in words: of a page, of a monitor, of an incident.

use contract::monitor::{State, Status};
use contract::page::View;
use contract::{incident, probe};

/// The state of a whole page: the worst wins, a paused monitor says nothing.
pub fn overall(view: &View) -> State {
    view.groups
        .iter()
        .flat_map(|group| &group.components)
        .map(|component| component.status.state)
        .filter(|state| *state != State::Paused)
        .max()
        .unwrap_or(State::Unknown)
}

/// The sentence a page begins with.
pub fn headline(view: &View) -> String {
    let state = overall(view);
    let affected = view
        .groups
        .iter()
        .flat_map(|group| &group.components)
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
        State::Degraded => format!("{subject} {verb} degraded"),
        State::Down => format!("{subject} {verb} down"),
    }
}

/// The sentence below a component, if there is something to say.
pub fn sentence(status: &Status) -> Option<String> {
    match status.state {
        State::Down | State::Degraded | State::Unknown if !status.reason.is_empty() => {
            Some(capitalised(&status.reason))
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
    use chrono::DateTime;
    use contract::page::{Component, Group};

    fn page(states: &[State]) -> View {
        let components = states.iter().map(|state| Component {
            monitor: contract::id::MonitorId(uuid()),
            name: "API".to_owned(),
            status: Status {
                state: *state,
                since: DateTime::UNIX_EPOCH,
                reason: "connection refused".to_owned(),
                advisory: None,
                votes: vec![],
            },
            uptime_90d: contract::monitor::Uptime::default(),
            days: vec![],
            response: vec![],
        });
        View {
            tenant: contract::id::TenantId(uuid()),
            slug: "acme".parse().expect("a slug"),
            title: "Acme".to_owned(),
            updated_at: DateTime::UNIX_EPOCH,
            groups: vec![Group {
                name: None,
                components: components.collect(),
            }],
            incidents: vec![],
            demo: false,
        }
    }

    fn uuid<T: serde::de::DeserializeOwned>() -> T {
        serde_json::from_str("\"00000000-0000-0000-0000-000000000000\"").expect("a UUID")
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
