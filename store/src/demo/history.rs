//! When a monitor was down or slow in a made-up past, and what was said about it.

use chrono::{DateTime, TimeDelta, Utc};
use contract::id::IncidentId;
use contract::incident::{Incident, Status, Update};
use contract::monitor::{Monitor, State};
use uuid::Uuid;

use super::random::Random;
use crate::rules::uptime::{Change, Timeline};

/// Shorter outages are not worth an incident people write about.
const WORTH_TELLING: TimeDelta = TimeDelta::minutes(8);

/// What breaks, what that looks like, and what it was.
const CAUSES: [(&str, &str); 6] = [
    (
        "connect timeout after 10 s",
        "A network provider lost a link; traffic took another way.",
    ),
    (
        "status 503, expected < 400",
        "A deployment started too few instances and was rolled back.",
    ),
    (
        "status 502, expected < 400",
        "A load balancer kept sending requests to an instance that had stopped.",
    ),
    (
        "connection refused",
        "A machine ran out of disk space. Logs are now rotated by size.",
    ),
    (
        "certificate has expired",
        "A certificate was not renewed in time. Renewal is now monitored.",
    ),
    (
        "no answer within 10 s",
        "A slow query blocked the connection pool. It has an index now.",
    ),
];

/// A time in which something was wrong.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spell {
    pub(super) from: DateTime<Utc>,
    pub(super) to: DateTime<Utc>,
    pub(super) state: State,
    pub(super) symptom: &'static str,
    cause: &'static str,
}

/// The past of a monitor between two instants: good but for some spells, which do not touch.
#[derive(Debug)]
pub(super) struct History {
    pub(super) begin: DateTime<Utc>,
    pub(super) end: DateTime<Utc>,
    pub(super) spells: Vec<Spell>,
}

impl History {
    pub(super) fn of(monitor: &Monitor, begin: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        let mut random = Random::new(monitor.id.0);
        // One day in this many is not perfect: some services are better than others.
        let rarity = [9, 14, 25, 40][usize::try_from(random.between(0, 3)).unwrap_or_default()];
        let days = u32::try_from((end - begin).num_days()).unwrap_or_default();
        let spells = (0..days)
            .filter_map(|day| {
                let happens = random.once_in(rarity);
                let spell = spell(begin + TimeDelta::days(day.into()), &mut random);
                (happens && spell.to < end - TimeDelta::hours(1)).then_some(spell)
            })
            .collect();
        Self { begin, end, spells }
    }

    /// The spell that held at an instant.
    pub(super) fn at(&self, instant: DateTime<Utc>) -> Option<&Spell> {
        self.spells
            .iter()
            .find(|spell| (spell.from..spell.to).contains(&instant))
    }

    /// (sequence, from, to, at, reason); the sequences lie below zero and so before all real ones.
    pub(super) fn changes(&self) -> Vec<(i64, State, State, DateTime<Utc>, String)> {
        let begin = (
            State::Unknown,
            State::Up,
            self.begin,
            "first check succeeded".to_owned(),
        );
        let spells = self.spells.iter().flat_map(|spell| {
            [
                (State::Up, spell.state, spell.from, spell.symptom.to_owned()),
                (
                    spell.state,
                    State::Up,
                    spell.to,
                    "all regions succeed".to_owned(),
                ),
            ]
        });
        let changes: Vec<_> = std::iter::once(begin).chain(spells).collect();
        let first = -i64::try_from(changes.len()).unwrap_or(i64::MAX);
        let numbered = changes.into_iter().zip(first..);
        numbered
            .map(|((from, to, at, reason), sequence)| (sequence, from, to, at, reason))
            .collect()
    }

    pub(super) fn timeline(&self) -> Timeline {
        let changes = self
            .changes()
            .into_iter()
            .map(|(_, _, to, at, _)| Change { at, to });
        Timeline::new(self.begin, changes)
    }

    /// One for each outage that somebody would have written about.
    pub(super) fn incidents(&self, monitor: &Monitor) -> Vec<Incident> {
        let name = &monitor.spec.name;
        let told = self
            .spells
            .iter()
            .filter(|spell| spell.state == State::Down && spell.to - spell.from >= WORTH_TELLING);
        told.map(|spell| Incident {
            id: IncidentId(Uuid::new_v5(
                &monitor.id.0,
                spell.from.to_rfc3339().as_bytes(),
            )),
            monitor: Some(monitor.id),
            title: format!("{name} is down"),
            status: Status::Resolved,
            started_at: spell.from,
            resolved_at: Some(spell.to),
            updates: updates(name, spell),
            demo: true,
        })
        .collect()
    }
}

fn updates(name: &str, spell: &Spell) -> Vec<Update> {
    let length = spell.to - spell.from;
    let at = |tenths: i32| spell.from + length * tenths / 10;
    let update = |status, body: String, at| Update {
        status,
        body,
        at,
        detail: None,
        trace: None,
    };
    vec![
        update(
            Status::Resolved,
            format!("{name} is up again. {}", spell.cause),
            spell.to,
        ),
        update(
            Status::Monitoring,
            "A fix is in place; we are watching the results.".to_owned(),
            at(8),
        ),
        update(
            Status::Identified,
            "We know the cause and are working on it.".to_owned(),
            at(4),
        ),
        update(
            Status::Investigating,
            format!("{name} is down: {}.", spell.symptom),
            at(1),
        ),
    ]
}

/// Something that goes wrong on a day, between 01:00 and 19:00 so that it ends on the same day.
fn spell(day: DateTime<Utc>, random: &mut Random) -> Spell {
    let from = day + TimeDelta::seconds(random.between(3_600, 68_400).into());
    let (state, minutes) = match random.between(0, 9) {
        0 => (State::Down, random.between(90, 240)),
        1..=3 => (State::Down, random.between(12, 55)),
        4..=6 => (State::Down, random.between(1, 6)),
        _ => (State::Degraded, random.between(10, 120)),
    };
    let number = usize::try_from(random.between(0, 5)).unwrap_or_default();
    let (symptom, cause) = CAUSES[number];
    Spell {
        from,
        to: from + TimeDelta::minutes(minutes.into()),
        state,
        symptom: if state == State::Degraded {
            "slower than allowed"
        } else {
            symptom
        },
        cause,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::id::{MonitorId, TenantId};

    #[test]
    fn a_past_is_always_the_same_and_agrees_with_itself() {
        let spec = serde_json::from_str(r#"{"name":"Shop","target":"http://x","regions":["a"]}"#);
        for seed in 0..50 {
            let monitor = Monitor {
                id: MonitorId(Uuid::from_u128(seed << 64 | 7)),
                tenant: TenantId(Uuid::nil()),
                revision: 1,
                ping_key: None,
                scheduled_at: DateTime::UNIX_EPOCH,
                spec: spec.as_ref().map(Clone::clone).expect("readable"),
            };
            let begin = DateTime::UNIX_EPOCH;
            let end = begin + TimeDelta::days(89) + TimeDelta::hours(13);
            let history = History::of(&monitor, begin, end);
            assert_eq!(
                history.changes(),
                History::of(&monitor, begin, end).changes()
            );
            let uptime = history.timeline().between(begin, end);
            let down_s: i64 = history
                .spells
                .iter()
                .filter(|spell| spell.state == State::Down)
                .map(|spell| (spell.to - spell.from).num_seconds())
                .sum();
            assert_eq!(uptime.down_s, down_s);
            assert_eq!(uptime.unknown_s, 0);
            assert!(
                history
                    .changes()
                    .last()
                    .is_some_and(|change| change.0 == -1 && change.2 == State::Up)
            );
            assert!(
                history
                    .incidents(&monitor)
                    .iter()
                    .all(|incident| incident.updates.is_sorted_by(|a, b| a.at >= b.at))
            );
        }
    }
}
