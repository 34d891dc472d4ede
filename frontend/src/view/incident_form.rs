//! An incident and its updates as typed.

use contract::id::MonitorId;
use contract::incident::{Note, Spec, Status};
use contract::problem::FieldError;
use serde::{Deserialize, Serialize};

use crate::view::form::{Reader, filled};

/// Every status with the word it has in a form.
pub const STATUSES: [(Status, &str); 5] = [
    (Status::Investigating, "investigating"),
    (Status::Identified, "identified"),
    (Status::Monitoring, "monitoring"),
    (Status::Resolved, "resolved"),
    (Status::Postmortem, "postmortem"),
];

/// Every field is text, as browsers send it without a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IncidentForm {
    /// Of a new incident.
    pub title: String,
    pub body: String,
    pub status: String,
    /// Empty where it is about none.
    pub monitor: String,
}

impl Default for IncidentForm {
    fn default() -> Self {
        Self {
            title: String::new(),
            body: String::new(),
            status: "investigating".to_owned(),
            monitor: String::new(),
        }
    }
}

impl IncidentForm {
    /// The incident it tells. Its own rules are checked by the store.
    pub fn read(&self) -> Result<Spec, Vec<FieldError>> {
        let mut reader = Reader::default();
        let status = reader.one_of("status", &self.status, &STATUSES);
        let monitor = filled(&self.monitor);
        let monitor: Option<MonitorId> =
            monitor.and_then(|id| reader.parsed("monitor", &id, "choose a monitor"));
        reader.done(status.map(|status| Spec {
            title: self.title.trim().to_owned(),
            body: self.body.trim().to_owned(),
            status,
            monitor,
            started_at: None,
        }))
    }

    /// What it adds to an incident that there is.
    pub fn note(&self) -> Result<Note, Vec<FieldError>> {
        let mut reader = Reader::default();
        let status = reader.one_of("status", &self.status, &STATUSES);
        reader.done(status.map(|status| Note {
            status,
            body: self.body.trim().to_owned(),
        }))
    }
}

/// What can be said next of an incident: while it is open everything but a postmortem, then that.
pub fn next(status: Status) -> Vec<(Status, &'static str)> {
    let over = status.is_over();
    STATUSES
        .into_iter()
        .filter(|(next, _)| over || *next != Status::Postmortem)
        .collect()
}

/// The status that is most likely said next.
pub fn likely(status: Status) -> Status {
    match status {
        Status::Investigating => Status::Identified,
        Status::Identified => Status::Monitoring,
        Status::Monitoring => Status::Resolved,
        Status::Resolved | Status::Postmortem => Status::Postmortem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_an_incident_or_an_update() {
        let form = IncidentForm {
            title: " Payments are slow ".to_owned(),
            body: "We look into it.".to_owned(),
            ..IncidentForm::default()
        };
        let spec = form.read().expect("readable");
        assert_eq!(
            (spec.title.as_str(), spec.monitor),
            ("Payments are slow", None)
        );
        assert_eq!(form.note().expect("readable").status, Status::Investigating);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let form = IncidentForm {
            status: "gone".to_owned(),
            monitor: "that one".to_owned(),
            ..IncidentForm::default()
        };
        let errors = form.read().expect_err("unreadable");
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["status", "monitor"]);
    }

    #[test]
    fn a_postmortem_comes_after_the_end() {
        assert!(
            next(Status::Monitoring)
                .iter()
                .all(|(it, _)| *it != Status::Postmortem)
        );
        assert_eq!(next(Status::Resolved).len(), STATUSES.len());
        assert_eq!(likely(Status::Resolved), Status::Postmortem);
    }
}
