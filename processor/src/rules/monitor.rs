//! The state machine of a monitor: regions vote, a strict majority decides, and every change says why.
//!
//! What has to be told is decided together with the state: [`Memory::outbox`] holds the events of a change until they are
//! published. Whoever saves the memory by compare-and-set has made the decision, once and for all; publishing it again is harmless,
//! because the identifiers of its events follow from the monitor and the sequence.

mod dating;
mod flapping;
mod verdict;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::event::{Event, IncidentOpened, IncidentResolved, StateChanged};
use contract::id::{IncidentId, Region};
use contract::monitor::{Monitor, State, Status};
use contract::probe::Finished;
use serde::{Deserialize, Serialize};

use super::heartbeat::Beat;
use super::region::{Track, freshness};
use super::ticks::{self, Ticks};
use flapping::Flaps;
use verdict::Verdict;

/// All that is remembered of a monitor; the value in the `rule_state` bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// Counts the changes of state.
    pub sequence: u64,
    pub state: State,
    pub since: DateTime<Utc>,
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advisory: Option<String>,
    pub regions: BTreeMap<Region, Track>,
    /// Which ticks of a region have results.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ticks: BTreeMap<Region, Ticks>,
    /// The pings of a heartbeat.
    #[serde(default, skip_serializing_if = "Beat::is_empty")]
    pub beat: Beat,
    /// The one automatic incident that may be open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<OpenIncident>,
    /// The planned work that goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<String>,
    /// How often it went down of late.
    #[serde(default, skip_serializing_if = "Flaps::is_empty")]
    pub flaps: Flaps,
    /// Events that may not be published yet, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outbox: Vec<Event>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenIncident {
    pub id: IncidentId,
    pub started_at: DateTime<Utc>,
}

impl Memory {
    /// A monitor of which nothing is known.
    pub fn new(since: DateTime<Utc>) -> Self {
        Self {
            sequence: 0,
            state: State::Unknown,
            since,
            reason: super::words::unknown(0, None),
            detail: None,
            advisory: None,
            regions: BTreeMap::new(),
            ticks: BTreeMap::new(),
            beat: Beat::default(),
            incident: None,
            planned: None,
            flaps: Flaps::default(),
            outbox: Vec::new(),
        }
    }

    /// Takes a result in. Answers whether it counted: a result that was seen before, is older than one that was, belongs to no
    /// region of the monitor or says nothing of the target does not.
    pub fn observe(&mut self, monitor: &Monitor, result: &Finished, now: DateTime<Utc>) -> bool {
        let spec = &monitor.spec;
        let horizon = now + freshness(&spec.check);
        if result.tick_at <= horizon {
            self.note(monitor, result, now);
        }
        // A vote from a clock that ran ahead must not silence its region until time catches up.
        self.regions.retain(|_, track| track.tick_at <= horizon);
        let last = self.regions.get(&result.region);
        let counts = result.outcome.is_verdict()
            && !spec.paused
            && spec.regions.contains(&result.region)
            && result.tick_at <= horizon
            && last.is_none_or(|last| last.tick_at < result.tick_at);
        if counts {
            let track = Track::after(last, result, spec);
            self.regions.insert(result.region.clone(), track);
        }
        self.judge(monitor, now);
        counts
    }

    /// Decides what the votes mean at `now`. A change of state is put into the outbox. Answers whether this has to be saved even
    /// if nothing else happens.
    pub fn judge(&mut self, monitor: &Monitor, now: DateTime<Utc>) -> bool {
        if monitor.spec.paused {
            self.regions.clear();
        }
        if monitor.spec.paused || !monitor.spec.is_heartbeat() {
            self.beat = Beat::default();
        }
        let began = ticks::keep(&mut self.ticks, monitor, now);
        self.regions
            .retain(|region, _| monitor.spec.regions.contains(region));
        if let Some(verdict) = verdict::reach(self, monitor, now) {
            self.advisory.clone_from(&verdict.advisory);
            self.reason.clone_from(&verdict.reason);
            self.detail.clone_from(&verdict.detail);
            if verdict.state != self.state {
                self.change(monitor, verdict, now);
            }
        }
        if self.flaps.is_calm(now) {
            let reason = format!("{} for {} min", self.reason, flapping::CALM.num_minutes());
            self.resolve(monitor, reason);
        }
        began || !self.outbox.is_empty()
    }

    /// The monitor's present state as pages show it.
    pub fn status(&self) -> Status {
        Status {
            state: self.state,
            since: self.since,
            reason: self.reason.clone(),
            detail: self.detail.clone(),
            advisory: self.advisory.clone(),
            votes: self
                .regions
                .iter()
                .map(|(region, track)| track.vote(region))
                .collect(),
        }
    }

    /// Keeps the books of what was to come. A result that is no verdict counts here, too.
    fn note(&mut self, monitor: &Monitor, result: &Finished, now: DateTime<Utc>) {
        if monitor.spec.paused {
            return;
        }
        if monitor.spec.is_heartbeat() && result.region.is_heartbeat() {
            self.beat.note(result);
        } else if let Some(ticks) = self.ticks.get_mut(&result.region) {
            ticks.note(monitor, &result.region, result.tick_at, now);
        }
    }

    fn change(&mut self, monitor: &Monitor, verdict: Verdict, now: DateTime<Utc>) {
        // The history of states has no overlaps: a change never reaches back behind the one before it.
        let earliest = match self.state {
            // What went wrong while it was planned is no outage.
            State::Maintenance => now.max(self.since),
            _ => self.since,
        };
        let at = verdict.at.min(now).max(earliest);
        self.sequence += 1;
        self.outbox.push(Event::StateChanged(StateChanged {
            monitor: monitor.id,
            sequence: self.sequence,
            from: self.state,
            to: verdict.state,
            at,
            reason: verdict.reason.clone(),
            detail: verdict.detail.clone(),
        }));
        self.state = verdict.state;
        self.since = at;
        match verdict.state {
            State::Down => {
                self.flaps.fell(at);
                self.open(monitor, verdict, now);
            }
            // Nobody looked: the incident is neither over nor a new one.
            State::Unknown => {}
            State::Up | State::Degraded if self.flaps.are_many(now) => self.flaps.rose(at),
            State::Paused | State::Up | State::Maintenance | State::Degraded => {
                self.resolve(monitor, verdict.reason);
            }
        }
    }

    fn open(&mut self, monitor: &Monitor, verdict: Verdict, now: DateTime<Utc>) {
        if self.incident.is_some() {
            return;
        }
        let id = IncidentOpened::incident_id(monitor.id, self.sequence);
        self.incident = Some(OpenIncident {
            id,
            started_at: self.since,
        });
        self.outbox.push(Event::IncidentOpened(IncidentOpened {
            incident: id,
            monitor: monitor.id,
            monitor_name: monitor.spec.name.clone(),
            started_at: self.since,
            at: now,
            reason: verdict.reason,
            detail: verdict.detail,
        }));
    }

    fn resolve(&mut self, monitor: &Monitor, reason: String) {
        let rose_at = self.flaps.settle();
        let Some(incident) = self.incident.take() else {
            return;
        };
        self.outbox.push(Event::IncidentResolved(IncidentResolved {
            incident: incident.id,
            monitor: monitor.id,
            monitor_name: monitor.spec.name.clone(),
            started_at: incident.started_at,
            resolved_at: rose_at.unwrap_or(self.since).max(incident.started_at),
            reason,
        }));
    }
}

#[cfg(test)]
mod tests;
