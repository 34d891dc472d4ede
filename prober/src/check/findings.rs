//! What a kind hands back, and how it becomes a report.

use std::collections::BTreeMap;

use contract::condition::{Condition, Facts};
use contract::probe::{Certificate, Outcome};

use super::clock::Phases;
use super::hop::Hop;
use super::{Failure, Report, verdict};

/// What a kind found out.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Every one that was begun, whatever became of it.
    pub(super) hops: Vec<Hop>,
    /// By lower-case name; only where somebody asks.
    pub(super) headers: BTreeMap<String, String>,
    /// As much as was asked for; `None` if nothing was.
    pub(super) body: Option<Vec<u8>>,
    /// The body goes on after that.
    pub(super) truncated: bool,
    pub(super) content_length: Option<u64>,
    pub(super) dns: Option<Dns>,
    /// Why there is no answer, or not the whole of it.
    pub(super) failure: Option<Failure>,
    /// Why nobody was able to look. Then nothing else counts.
    pub(super) missed: Option<String>,
}

/// What a name server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dns {
    /// `NOERROR`, `NXDOMAIN`, ...
    pub rcode: String,
    pub answers: usize,
    pub authorities: usize,
    pub additionals: usize,
    /// Of the zone, where its SOA record was asked for.
    pub serial: Option<u32>,
}

impl Findings {
    pub(super) fn of(hop: Hop, failure: Option<Failure>) -> Self {
        Self {
            hops: vec![hop],
            failure,
            ..Self::default()
        }
    }

    pub(super) fn missed(message: impl Into<String>) -> Self {
        Self {
            missed: Some(message.into()),
            ..Self::default()
        }
    }

    pub(super) fn report(self, conditions: &[Condition]) -> Report {
        if self.missed.is_some() {
            return Report {
                message: self.missed,
                ..Report::default()
            };
        }
        let timings = self
            .hops
            .iter()
            .fold(Phases::default(), |sum, hop| sum + hop.phases)
            .timings();
        let last = self.hops.last();
        let certificate = self
            .hops
            .iter()
            .rev()
            .find_map(|hop| hop.session.as_ref()?.certificate());
        let facts = Facts {
            connected: last.is_some_and(Hop::is_connected),
            status: last.and_then(|hop| hop.status),
            response_time_ms: timings.total_time_ms,
            ip: last.and_then(|hop| Some(hop.address?.ip().to_string())),
            dns_rcode: self.dns.as_ref().map(|dns| dns.rcode.clone()),
            certificate_expires_in_s: certificate.as_ref().map(expires_in_s),
            headers: self.headers,
            body: self.body.as_deref(),
            body_truncated: self.truncated,
        };
        let (outcome, reason, message) = verdict::judge(conditions, &facts, self.failure);
        Report {
            outcome,
            reason,
            message,
            status_code: facts.status,
            timings,
            hops: self.hops.iter().map(Hop::told).collect(),
            certificate,
            content_length: self.content_length,
            body_bytes: self.body.as_ref().map(Vec::len),
            dns: self.dns,
        }
    }
}

fn expires_in_s(certificate: &Certificate) -> i64 {
    (certificate.expires_at - service::now()).num_seconds()
}

impl Report {
    /// Whether the target is as it should be.
    pub fn is_success(&self) -> bool {
        self.outcome == Outcome::Success
    }
}
