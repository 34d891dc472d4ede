//! The latest of every endpoint, for `/metrics`.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use contract::monitor::Kind;
use contract::probe::Outcome;

use super::config::Endpoint;
use crate::blackbox;
use crate::check::Report;
use crate::exposition::{Exposition, Labels};

#[derive(Debug, Default)]
pub(crate) struct Board(Mutex<BTreeMap<String, Entry>>);

#[derive(Debug)]
struct Entry {
    labels: Labels,
    kind: Kind,
    latest: Option<Report>,
    late: TimeDelta,
    up: Option<bool>,
    /// Of the same outcome in a row.
    row: u32,
    successes: u64,
    failures: u64,
    missed: u64,
}

/// What a result meant for an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    None,
    /// Down, or down already when first looked at.
    Down,
    Up,
}

impl Board {
    /// Forgets endpoints that are no longer there; the others go on.
    pub(super) fn keep(&self, endpoints: &[Endpoint]) {
        let mut entries = self.open();
        let keys: Vec<String> = endpoints.iter().map(Endpoint::key).collect();
        entries.retain(|key, _| keys.contains(key));
        for endpoint in endpoints {
            let entry = entries
                .entry(endpoint.key())
                .or_insert_with(|| Entry::new(endpoint));
            entry.kind = endpoint.check.kind.clone();
        }
    }

    pub(super) fn note(&self, endpoint: &Endpoint, late: TimeDelta, report: &Report) -> Change {
        let mut entries = self.open();
        let entry = entries
            .entry(endpoint.key())
            .or_insert_with(|| Entry::new(endpoint));
        entry.late = late;
        entry.note(endpoint, report)
    }

    pub(super) fn missed(&self, endpoint: &Endpoint, ticks: u64) {
        if let Some(entry) = self.open().get_mut(&endpoint.key()) {
            entry.missed += ticks;
        }
    }

    pub(crate) fn exposition(&self) -> Exposition {
        let mut exposition = Exposition::default();
        for entry in self.open().values() {
            entry.describe(&mut exposition);
        }
        exposition
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn new(endpoint: &Endpoint) -> Self {
        Self {
            labels: vec![
                ("name", endpoint.name.clone()),
                ("group", endpoint.group.clone()),
                ("kind", endpoint.check.kind.as_str().to_owned()),
            ],
            kind: endpoint.check.kind.clone(),
            latest: None,
            late: TimeDelta::zero(),
            up: None,
            row: 0,
            successes: 0,
            failures: 0,
            missed: 0,
        }
    }

    fn note(&mut self, endpoint: &Endpoint, report: &Report) -> Change {
        let succeeded = report.is_success();
        match report.outcome {
            Outcome::Success => self.successes += 1,
            Outcome::Failure => self.failures += 1,
            _ => {
                self.missed += 1;
                return Change::None;
            }
        }
        let before = self.latest.as_ref().map(Report::is_success);
        self.row = if before == Some(succeeded) {
            self.row.saturating_add(1)
        } else {
            1
        };
        self.latest = Some(report.clone());
        let threshold = if succeeded {
            endpoint.success_threshold
        } else {
            endpoint.failure_threshold
        };
        if self.up == Some(succeeded) || (self.row < threshold && self.up.is_some()) {
            return Change::None;
        }
        let first = self.up.replace(succeeded).is_none();
        match (first, succeeded) {
            (_, false) => Change::Down,
            (true, true) => Change::None,
            (false, true) => Change::Up,
        }
    }

    fn describe(&self, into: &mut Exposition) {
        let labels = || self.labels.clone();
        for (outcome, count) in [
            ("success", self.successes),
            ("failure", self.failures),
            ("missed", self.missed),
        ] {
            let mut labels = labels();
            labels.push(("outcome", outcome.to_owned()));
            #[expect(clippy::cast_precision_loss, reason = "checks are far fewer than 2^52")]
            into.counter(
                "monitor_checks_total",
                "Checks by outcome",
                labels,
                count as f64,
            );
        }
        let Some(report) = &self.latest else { return };
        let up = if self.up == Some(true) { 1.0 } else { 0.0 };
        let took_s = report.timings.total_time_ms.unwrap_or_default() / 1_000.0;
        into.gauge("monitor_status", "1 when up, 0 when down", labels(), up);
        into.gauge(
            "monitor_response_time_seconds",
            "How long the latest check took",
            labels(),
            took_s,
        );
        into.gauge(
            "monitor_tick_delay_seconds",
            "From the instant the latest check was due to its start",
            labels(),
            self.late.as_seconds_f64().max(0.0),
        );
        if let Some(certificate) = &report.certificate {
            let left = certificate.expires_at - service::now();
            into.gauge(
                "monitor_cert_days_remaining",
                "Until the first certificate of the chain expires",
                labels(),
                left.as_seconds_f64() / 86_400.0,
            );
        }
        blackbox::describe(into, &self.kind, report, &self.labels);
    }
}
