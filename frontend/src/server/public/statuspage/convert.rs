//! A page in Statuspage's words.

use chrono::{DateTime, Utc};
use contract::incident::{self, Status as Stage};
use contract::monitor::{State, Status as Standing};
use contract::page::{self, Planned, View};
use uuid::Uuid;

use super::shape::{Affected, Component, Incident, Maintenance, Page, Status, Update};
use crate::view::state::overall;

pub(super) const SCHEDULED: &str = "scheduled";
pub(super) const IN_PROGRESS: &str = "in_progress";
pub(super) const COMPLETED: &str = "completed";

/// A page, where it stands, and when that is told.
pub(super) struct Told<'a> {
    pub(super) view: &'a View,
    pub(super) url: &'a str,
    pub(super) now: DateTime<Utc>,
}

impl<'a> Told<'a> {
    pub(super) fn page(&self) -> Page<'a> {
        Page {
            id: Some(self.view.page),
            name: &self.view.title,
            url: self.url,
            time_zone: &self.view.time_zone,
            updated_at: self.view.updated_at,
        }
    }

    pub(super) fn status(&self) -> Status {
        let all_down = self
            .view
            .components()
            .all(|one| one.status.state == State::Down);
        let (indicator, description) = match overall(self.view) {
            State::Up | State::Paused => ("none", "All Systems Operational"),
            State::Maintenance => ("maintenance", "Service Under Maintenance"),
            // Nobody looked: that is no promise that all is well.
            State::Unknown => ("minor", "Status Unknown"),
            State::Degraded => ("minor", "Partially Degraded Service"),
            State::Down if all_down => ("critical", "Major System Outage"),
            State::Down => ("major", "Partial System Outage"),
        };
        Status {
            indicator,
            description,
        }
    }

    /// Each group, followed by what is in it.
    pub(super) fn components(&self) -> Vec<Component<'a>> {
        let mut all = Vec::new();
        for group in &self.view.groups {
            let group_id = group.name.as_deref().map(|name| {
                all.push(self.group(group, name, all.len() + 1));
                group.id
            });
            for one in &group.components {
                all.push(self.component(one, group_id, all.len() + 1));
            }
        }
        all
    }

    /// Those that are not over, or all that are told.
    pub(super) fn incidents(&self, unresolved: bool) -> Vec<Incident<'a>> {
        let told = self.view.incidents.iter();
        told.filter(|it| !unresolved || !it.status.is_over())
            .map(|it| self.incident(it))
            .collect()
    }

    /// Planned work at the stages that are wanted.
    pub(super) fn maintenances(&self, wanted: impl Fn(&str) -> bool) -> Vec<Maintenance<'a>> {
        let planned = self.view.maintenances.iter();
        planned
            .filter(|it| wanted(self.stage(it)))
            .map(|it| self.maintenance(it))
            .collect()
    }

    fn stage(&self, planned: &Planned) -> &'static str {
        if planned.to <= self.now {
            COMPLETED
        } else if planned.from <= self.now {
            IN_PROGRESS
        } else {
            SCHEDULED
        }
    }

    fn group(&self, group: &'a page::Group, name: &'a str, position: usize) -> Component<'a> {
        let of = &group.components;
        let worst = of.iter().max_by_key(|one| one.status.state);
        let earliest = of.iter().map(|one| one.created_at).min();
        Component {
            id: group.id,
            name,
            status: worst.map_or("operational", |one| word(&one.status)),
            created_at: earliest.unwrap_or(self.view.created_at),
            updated_at: of
                .iter()
                .map(|one| one.updated_at)
                .max()
                .unwrap_or(self.view.updated_at),
            position,
            description: None,
            showcase: false,
            start_date: None,
            group_id: None,
            page_id: self.view.page,
            group: true,
            only_show_if_degraded: false,
            components: Some(of.iter().map(|one| one.monitor).collect()),
        }
    }

    fn component(
        &self,
        one: &'a page::Component,
        group_id: Option<Uuid>,
        position: usize,
    ) -> Component<'a> {
        Component {
            id: one.monitor.0,
            name: &one.name,
            status: word(&one.status),
            created_at: one.created_at,
            updated_at: one.updated_at,
            position,
            description: Some(one.description.as_str()).filter(|text| !text.is_empty()),
            showcase: true,
            start_date: Some(one.created_at.date_naive()),
            group_id,
            page_id: self.view.page,
            group: false,
            only_show_if_degraded: false,
            components: None,
        }
    }

    /// The components that an incident or planned work is about.
    fn about(&self, is: impl Fn(&page::Component) -> bool) -> Vec<Component<'a>> {
        let all = self.components().into_iter();
        let view = self.view;
        all.filter(|listed| {
            view.components()
                .any(|one| one.monitor.0 == listed.id && is(one))
        })
        .collect()
    }

    fn incident(&self, told: &'a incident::Incident) -> Incident<'a> {
        let components = self.about(|one| told.monitor == Some(one.monitor));
        let monitoring = told.updates.iter();
        let monitoring = monitoring.filter(|update| update.status == Stage::Monitoring);
        Incident {
            id: told.id.0,
            name: &told.title,
            status: told.status.as_str(),
            impact: impact(&components),
            created_at: told.started_at,
            updated_at: told
                .updates
                .first()
                .map_or(told.started_at, |newest| newest.at),
            monitoring_at: monitoring.map(|update| update.at).min(),
            resolved_at: told.resolved_at,
            started_at: told.started_at,
            shortlink: self.shortlink(told.id.0),
            page_id: self.view.page,
            incident_updates: told
                .updates
                .iter()
                .map(|it| update(told, it, &components))
                .collect(),
            components,
        }
    }

    fn maintenance(&self, planned: &'a Planned) -> Maintenance<'a> {
        let components = self.about(|one| planned.components.contains(&one.monitor));
        let stage = self.stage(planned);
        let planned_at = planned.planned_at().unwrap_or(planned.from);
        let changed_at = match stage {
            SCHEDULED => planned_at,
            COMPLETED => planned.to,
            _ => planned.from,
        };
        let update = Update {
            id: Uuid::new_v5(&planned.id, b"planned"),
            incident_id: planned.id,
            status: stage,
            body: &planned.description,
            created_at: changed_at,
            updated_at: changed_at,
            display_at: changed_at,
            affected_components: affected(&components),
        };
        Maintenance {
            scheduled_for: planned.from,
            scheduled_until: planned.to,
            incident: Incident {
                id: planned.id,
                name: &planned.name,
                status: stage,
                impact: "maintenance",
                created_at: planned_at,
                updated_at: changed_at,
                monitoring_at: None,
                resolved_at: (stage == COMPLETED).then_some(planned.to),
                started_at: planned_at,
                shortlink: self.shortlink(planned.id),
                page_id: self.view.page,
                incident_updates: vec![update],
                components,
            },
        }
    }

    fn shortlink(&self, id: Uuid) -> String {
        format!("{}#{id}", self.url)
    }
}

fn update<'a>(
    told: &incident::Incident,
    one: &'a incident::Update,
    components: &[Component<'a>],
) -> Update<'a> {
    let name = format!("{} {}", one.at.timestamp_micros(), one.status.as_str());
    Update {
        id: Uuid::new_v5(&told.id.0, name.as_bytes()),
        incident_id: told.id.0,
        status: one.status.as_str(),
        body: &one.body,
        created_at: one.at,
        updated_at: one.at,
        display_at: one.at,
        affected_components: affected(components),
    }
}

fn affected<'a>(components: &[Component<'a>]) -> Vec<Affected<'a>> {
    let each = components.iter();
    each.map(|one| Affected {
        code: contract::id::MonitorId(one.id),
        name: one.name,
        old_status: one.status,
        new_status: one.status,
    })
    .collect()
}

/// A component that somebody still reaches is partly out, not wholly.
fn word(standing: &Standing) -> &'static str {
    let reached = standing.votes.iter().any(|vote| vote.ok);
    match standing.state {
        State::Up | State::Paused => "operational",
        State::Degraded | State::Unknown => "degraded_performance",
        State::Down if reached => "partial_outage",
        State::Down => "major_outage",
        State::Maintenance => "under_maintenance",
    }
}

/// An incident of a component is an outage; one that people told without naming any is smaller.
fn impact(components: &[Component<'_>]) -> &'static str {
    if components.is_empty() {
        "minor"
    } else {
        "major"
    }
}
