//! Pings of jobs that run by themselves: each becomes a result of its heartbeat monitor.

mod gatus;
mod healthchecks;
mod kuma;
mod target;

use std::num::NonZeroU32;

use axum::http::{HeaderMap, StatusCode};
use chrono::DateTime;
use contract::id::Region;
use contract::probe::{Finished, Outcome, Reason, Timings};
use contract::subject;
use service::problem::ProblemResponse;
use uuid::Uuid;

pub(crate) use gatus::{__path_external, external};
pub(crate) use healthchecks::{__path_ping, __path_signal, ping, signal};
pub(crate) use kuma::{__path_push, push};
pub(crate) use target::{Target, Targets};

use crate::State;
use crate::faults;
use crate::mirror::Found;
use crate::publish;

/// What is kept of the words that come with a ping.
const MAX_MESSAGE_BYTES: usize = 10_000;

/// What a job says.
#[derive(Debug, Clone, PartialEq)]
struct Ping {
    outcome: Outcome,
    message: String,
    total_time_ms: Option<f64>,
}

impl Ping {
    fn new(outcome: Outcome, message: impl Into<String>) -> Self {
        Self {
            outcome,
            message: message.into(),
            total_time_ms: None,
        }
    }
}

/// The monitor with this ping key.
fn target(state: &State, key: Uuid) -> Result<Target, ProblemResponse> {
    match state.heartbeats.find(&key) {
        Found::There(target) => Ok(target),
        Found::Absent => Err(unknown()),
        Found::NotKnown => Err(ProblemResponse::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "monitors are not known yet",
        )
        .retry_after_s(2)),
    }
}

fn unknown() -> ProblemResponse {
    ProblemResponse::new(
        StatusCode::NOT_FOUND,
        "not_found",
        "no monitor has this ping key",
    )
}

/// Returns when the ping is in the log.
async fn take(state: &State, target: &Target, ping: Ping) -> Result<(), ProblemResponse> {
    target.rate.take(NonZeroU32::MIN, &mut HeaderMap::new())?;
    let finished = finished(state, target, &ping);
    let subject = subject::probe_finished(target.tenant, &finished.region, target.monitor);
    let name = finished.message_id();
    let published = state.bus.publish(&subject, &name, &finished).await;
    published.map_err(|error| publish::refuse(&error))
}

fn finished(state: &State, target: &Target, ping: &Ping) -> Finished {
    let at_ms = target.next_instant(faults::now_ms(state.bus.faults()));
    let at = DateTime::from_timestamp_millis(at_ms).unwrap_or_default();
    Finished {
        monitor: target.monitor,
        tenant: target.tenant,
        region: Region::heartbeat(),
        tick_at: at,
        started_at: at,
        prober: state.instance.to_string(),
        outcome: ping.outcome,
        reason: (ping.outcome == Outcome::Failure).then_some(Reason::Assertion),
        message: shortened(&ping.message),
        status_code: None,
        timings: Timings {
            total_time_ms: ping.total_time_ms,
            ..Timings::default()
        },
        hops: Vec::new(),
        certificate: None,
        simulated: false,
        trace: None,
    }
}

/// Postgres keeps no NUL in a text.
fn shortened(message: &str) -> Option<String> {
    let mut message = message.replace('\0', "");
    message.truncate(message.floor_char_boundary(MAX_MESSAGE_BYTES));
    let message = message.trim();
    (!message.is_empty()).then(|| message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_cut_between_characters() {
        let long = "ä".repeat(MAX_MESSAGE_BYTES);
        let kept = shortened(&format!("x{long}")).expect("something is left");
        assert_eq!(kept.len(), MAX_MESSAGE_BYTES - 1);
        assert_eq!(shortened(" \0 "), None);
    }
}
