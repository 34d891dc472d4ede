//! Planned work as a page tells it.

use chrono::{DateTime, TimeDelta, Utc};
use contract::id::MonitorId;
use contract::maintenance::{Maintenance, Occurrence, When};
use contract::page::Planned;
use uuid::Uuid;

/// More would be no news to anybody.
const MOST: usize = 20;

/// What concerns these monitors: the time that each window is or will be next, and what was once and ended within `past`.
pub(crate) fn of(
    all: &[Maintenance],
    monitors: &[MonitorId],
    now: DateTime<Utc>,
    past: TimeDelta,
) -> Vec<Planned> {
    let mut planned: Vec<Planned> = all
        .iter()
        .filter_map(|maintenance| {
            let when = time(&maintenance.spec.when, now, past)?;
            let components: Vec<_> = monitors
                .iter()
                .copied()
                .filter(|id| maintenance.is_about(maintenance.tenant, *id))
                .collect();
            (!components.is_empty()).then(|| planned(maintenance, when, components))
        })
        .collect();
    planned.sort_by_key(|it| (it.to <= now, it.from, it.id));
    planned.truncate(MOST);
    planned
}

fn time(when: &When, now: DateTime<Utc>, past: TimeDelta) -> Option<Occurrence> {
    match when {
        When::Once { from, to } if *to > now - past => Some(Occurrence {
            from: *from,
            to: *to,
        }),
        When::Once { .. } => None,
        again => again.next(now),
    }
}

fn planned(maintenance: &Maintenance, when: Occurrence, components: Vec<MonitorId>) -> Planned {
    let begin = when.from.timestamp().to_be_bytes();
    Planned {
        maintenance: maintenance.id,
        id: Uuid::new_v5(&maintenance.id.0, &begin),
        name: maintenance.spec.name.clone(),
        description: maintenance.spec.description.clone(),
        components,
        from: when.from,
        to: when.to,
    }
}

#[cfg(test)]
mod tests {
    use contract::id::{MaintenanceId, TenantId};
    use contract::maintenance::Spec;

    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn once(name: &str, from: i64, to: i64, monitors: Vec<MonitorId>) -> Maintenance {
        Maintenance {
            id: MaintenanceId(Uuid::from_u128(1)),
            tenant: TenantId(Uuid::nil()),
            spec: Spec {
                name: name.to_owned(),
                description: String::new(),
                monitors,
                when: When::Once {
                    from: at(from),
                    to: at(to),
                },
            },
        }
    }

    #[test]
    fn what_is_going_on_comes_first_and_what_concerns_others_not_at_all() {
        let id = |number| MonitorId(Uuid::from_u128(number));
        let all = [
            once("over", 90, 95, vec![]),
            once("long over", 0, 1, vec![]),
            once("planned", 120, 121, vec![id(1)]),
            once("of others", 99, 101, vec![id(2)]),
            once("going on", 99, 101, vec![]),
        ];
        let planned = of(&all, &[id(1)], at(100), TimeDelta::hours(24));
        let names: Vec<_> = planned.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["going on", "planned", "over"]);
    }
}
