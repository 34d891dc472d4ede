//! What is told to the outside: by the names that a page gives, not by those inside, and not how it came about.

use std::collections::BTreeMap;

use contract::id::MonitorId;
use contract::incident::Incident;

/// What a monitor is called inside, and on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) inside: String,
    pub(crate) outside: String,
}

pub(crate) type Names = BTreeMap<MonitorId, Named>;

/// An incident as visitors read it.
pub(crate) fn incident(mut incident: Incident, names: &Names) -> Incident {
    let name = incident.monitor.and_then(|id| names.get(&id));
    if let Some(Named { inside, outside }) = name.filter(|it| it.inside != it.outside) {
        incident.title = incident.title.replace(inside, outside);
        for update in &mut incident.updates {
            update.body = update.body.replace(inside, outside);
        }
    }
    for update in &mut incident.updates {
        update.detail = None;
        update.trace = None;
    }
    incident
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use contract::id::IncidentId;
    use contract::incident::{Status, Update};
    use contract::telemetry::TraceId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_incident_calls_a_component_by_its_name_on_the_page_and_not_what_was_found() {
        let id = MonitorId(Uuid::from_u128(1));
        let told = Incident {
            id: IncidentId(Uuid::from_u128(2)),
            monitor: Some(id),
            title: "pg-07 is down".to_owned(),
            status: Status::Investigating,
            started_at: DateTime::UNIX_EPOCH,
            resolved_at: None,
            updates: vec![Update {
                status: Status::Investigating,
                body: "pg-07 is down: no answer.".to_owned(),
                at: DateTime::UNIX_EPOCH,
                detail: Some("connection refused by 10.0.0.7:5432".to_owned()),
                trace: TraceId::from_bytes(&[1; 16]),
            }],
            demo: false,
        };
        let named = Named {
            inside: "pg-07".to_owned(),
            outside: "Payments".to_owned(),
        };
        let outward = incident(told, &Names::from([(id, named)]));
        assert_eq!(outward.title, "Payments is down");
        assert_eq!(outward.updates[0].body, "Payments is down: no answer.");
        assert_eq!(
            (&outward.updates[0].detail, outward.updates[0].trace),
            (&None, None)
        );
    }
}
