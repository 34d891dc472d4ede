//! What is remembered of a rule, and how a finding becomes an alert: patience, cooldown, reminders, recovery.
//!
//! As with monitors, what has to be told is decided together with the memory: [`Memory::outbox`] holds the events of a change
//! until they are published. Who saves the memory by compare-and-set has decided, once and for all.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::condition::{Finding, Sight};
use super::points::Group;
use super::{MAX_GROUPS, Rule};
use crate::alert::{Opened, Reminded, Resolved, Subject};
use crate::event::Event;
use crate::id::TenantId;
use crate::metric::Labels;
use crate::monitor::Status;

/// Two instances may take themselves for the one that judges for less than this long.
const OVERLAP: TimeDelta = TimeDelta::seconds(30);

/// The memory of one rule. Groups of which nothing is to be remembered are not in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    pub tenant: TenantId,
    pub watches: Vec<Watch>,
    /// When something was last told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_at: Option<DateTime<Utc>>,
    /// Events that may not be published yet, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outbox: Vec<Event>,
}

/// The memory of one group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    #[serde(default)]
    pub labels: Labels,
    /// Since when the condition holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_since: Option<DateTime<Utc>>,
    /// When its latest alert was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Open>,
}

/// An alert that is open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Open {
    pub subject: Subject,
    /// When people were last told.
    pub told_at: DateTime<Utc>,
    pub reminders: u32,
}

impl Memory {
    pub fn new(tenant: TenantId) -> Self {
        Self {
            tenant,
            watches: Vec::new(),
            told_at: None,
            outbox: Vec::new(),
        }
    }

    /// The groups something is remembered of.
    pub fn groups(&self) -> impl Iterator<Item = &Labels> {
        self.watches.iter().map(|watch| &watch.labels)
    }

    /// Judges a group by its points, or by the state of the monitor.
    pub fn judge(
        &mut self,
        rule: &Rule,
        labels: &Labels,
        points: &Group,
        status: Option<&Status>,
        now: DateTime<Utc>,
    ) {
        if self.is_outdated(now) {
            return;
        }
        let known = self.watches.iter().position(|it| it.labels == *labels);
        let mut watch = known.map_or_else(
            || Watch {
                labels: labels.clone(),
                ..Watch::default()
            },
            |position| self.watches.swap_remove(position),
        );
        let sight = Sight {
            points,
            status,
            now,
            firing: watch.open.is_some(),
        };
        if let Some(finding) = rule.spec.condition.judge(sight) {
            let events = if finding.holds {
                watch.hold(rule, &finding, sight)
            } else {
                watch.clear(rule, &finding, sight)
            };
            if let Some(event) = events {
                self.outbox.push(event);
                self.told_at = Some(now);
            }
        }
        if watch.is_worth_remembering(rule, now) && self.watches.len() < MAX_GROUPS {
            self.watches.push(watch);
            self.watches.sort_by(|a, b| a.labels.cmp(&b.labels));
        }
    }

    /// Whether this is the view of an instance that another one took over from a moment ago. Further back, the clock was set.
    fn is_outdated(&self, now: DateTime<Utc>) -> bool {
        self.told_at
            .is_some_and(|told| now < told && told - now < OVERLAP)
    }

    /// Resolves what the rule, as it is now, does not watch any more.
    pub fn fit(&mut self, rule: &Rule, now: DateTime<Utc>) {
        if rule.spec.paused {
            return self.close(now, "the rule was paused");
        }
        let by = rule.spec.condition.group_by();
        let is_group = |watch: &Watch| watch.labels.keys().all(|label| by.contains(label));
        let (kept, gone) = std::mem::take(&mut self.watches)
            .into_iter()
            .partition(is_group);
        self.watches = gone;
        self.close(now, "the rule was changed");
        self.watches = kept;
    }

    /// Resolves everything that is open and forgets the rest.
    pub fn close(&mut self, now: DateTime<Utc>, reason: &str) {
        for watch in std::mem::take(&mut self.watches) {
            if let Some(open) = watch.open {
                self.outbox
                    .push(resolved(open, now, reason.to_owned(), true));
            }
        }
    }
}

impl Watch {
    fn hold(&mut self, rule: &Rule, finding: &Finding, sight: Sight<'_>) -> Option<Event> {
        let now = sight.now;
        let known = finding.since.filter(|since| *since <= now);
        let since = *self.held_since.get_or_insert(known.unwrap_or(now));
        if let Some(open) = &mut self.open {
            return open.remind(rule, now, || rule.spec.condition.words(finding, sight));
        }
        let patient = now - since >= seconds(rule.spec.for_s);
        let cooled = self.cooled_down(rule, now);
        (patient && cooled).then(|| self.open(rule, finding, sight, since))
    }

    fn cooled_down(&self, rule: &Rule, now: DateTime<Utc>) -> bool {
        let cooldown = seconds(rule.spec.cooldown_s);
        self.opened_at.is_none_or(|opened| now - opened >= cooldown)
    }

    fn open(
        &mut self,
        rule: &Rule,
        finding: &Finding,
        sight: Sight<'_>,
        started_at: DateTime<Utc>,
    ) -> Event {
        let now = sight.now;
        let subject = Subject {
            alert: Opened::alert_id(rule.id, &self.labels, now),
            rule: rule.id,
            rule_name: rule.spec.name.clone(),
            severity: rule.spec.severity,
            labels: self.labels.clone(),
            monitor: rule.monitor(),
            started_at,
        };
        self.opened_at = Some(now);
        self.open = Some(Open {
            subject: subject.clone(),
            told_at: now,
            reminders: 0,
        });
        Event::AlertOpened(Opened {
            subject,
            at: now,
            value: finding.value,
            reason: rule.spec.condition.words(finding, sight),
        })
    }

    fn clear(&mut self, rule: &Rule, finding: &Finding, sight: Sight<'_>) -> Option<Event> {
        self.held_since = None;
        let open = self.open.take()?;
        let reason = rule.spec.condition.words(finding, sight);
        let notify = rule.spec.notify_recovery;
        Some(resolved(open, sight.now, reason, notify))
    }

    fn is_worth_remembering(&self, rule: &Rule, now: DateTime<Utc>) -> bool {
        self.open.is_some() || self.held_since.is_some() || !self.cooled_down(rule, now)
    }
}

impl Open {
    fn remind(
        &mut self,
        rule: &Rule,
        now: DateTime<Utc>,
        reason: impl FnOnce() -> String,
    ) -> Option<Event> {
        let every = seconds(rule.spec.remind_every_s?);
        if now - self.told_at < every {
            return None;
        }
        self.told_at = now;
        self.reminders += 1;
        Some(Event::AlertReminded(Reminded {
            subject: self.subject.clone(),
            number: self.reminders,
            at: now,
            reason: reason(),
        }))
    }
}

fn resolved(open: Open, now: DateTime<Utc>, reason: String, notify: bool) -> Event {
    let subject = open.subject;
    Event::AlertResolved(Resolved {
        resolved_at: now.max(subject.started_at),
        subject,
        reason,
        notify,
    })
}

fn seconds(seconds: u32) -> TimeDelta {
    TimeDelta::seconds(seconds.into())
}
