//! What one message brought of one trace.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use contract::id::TenantId;
use contract::telemetry::{self, Group, LogRecord, Signal, Span, TraceId};

use super::terms::Terms;

/// A span that failed is as severe as an error that was logged.
pub(crate) const ERROR: u8 = 17;

/// A row to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    /// None for log records that belong to no trace.
    pub(crate) trace: Option<TraceId>,
    pub(crate) signal: Signal,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) about: Option<TenantId>,
    pub(crate) longest_us: u64,
    pub(crate) severest: u8,
    pub(crate) records: usize,
    pub(crate) terms: Vec<i32>,
    pub(crate) groups: Vec<Group>,
}

/// Cuts a message into pieces of one trace each, and of one signal.
pub(crate) fn cut(tenant: TenantId, groups: &[Group]) -> Vec<Piece> {
    let mut spans: BTreeMap<Option<TraceId>, Vec<Group>> = BTreeMap::new();
    let mut logs: BTreeMap<Option<TraceId>, Vec<Group>> = BTreeMap::new();
    for (number, group) in groups.iter().enumerate() {
        for span in &group.spans {
            let of_trace = spans.entry(Some(span.trace_id)).or_default();
            of_resource(of_trace, groups, number)
                .spans
                .push(span.clone());
        }
        for log in &group.logs {
            let of_trace = logs.entry(log.trace_id).or_default();
            of_resource(of_trace, groups, number).logs.push(log.clone());
        }
    }
    let spans = spans
        .into_iter()
        .map(|(trace, groups)| of_spans(tenant, trace, groups));
    let logs = logs
        .into_iter()
        .map(|(trace, groups)| of_logs(trace, groups));
    spans.chain(logs).collect()
}

fn of_resource<'a>(of_trace: &'a mut Vec<Group>, groups: &[Group], number: usize) -> &'a mut Group {
    let resource = &groups[number].resource;
    if of_trace
        .last()
        .is_none_or(|last| last.resource != *resource)
    {
        of_trace.push(Group {
            resource: resource.clone(),
            spans: Vec::new(),
            logs: Vec::new(),
        });
    }
    let last = of_trace.len() - 1;
    &mut of_trace[last]
}

fn of_spans(tenant: TenantId, trace: Option<TraceId>, groups: Vec<Group>) -> Piece {
    let spans = || groups.iter().flat_map(|group| &group.spans);
    let mut terms = Terms::default();
    for group in &groups {
        terms.service(&group.resource.service);
        terms.attributes(&group.resource.attributes);
    }
    for span in spans() {
        terms.operation(&span.name);
        terms.attributes(&span.attributes);
        span.links.iter().for_each(|link| terms.link(link.trace_id));
    }
    let starts = spans().map(|span| span.start_us);
    Piece {
        trace,
        signal: Signal::Spans,
        started_at: instant(starts.min()),
        about: (tenant == telemetry::TENANT)
            .then(|| about(spans()))
            .flatten(),
        longest_us: spans()
            .map(|span| span.duration_us)
            .max()
            .unwrap_or_default(),
        severest: if spans().any(Span::failed) { ERROR } else { 0 },
        records: spans().count(),
        terms: terms.into_sorted(),
        groups,
    }
}

fn of_logs(trace: Option<TraceId>, groups: Vec<Group>) -> Piece {
    let logs = || groups.iter().flat_map(|group| &group.logs);
    let mut terms = Terms::default();
    for group in &groups {
        terms.service(&group.resource.service);
    }
    let severity = |log: &LogRecord| log.severity;
    Piece {
        trace,
        signal: Signal::Logs,
        started_at: instant(logs().map(|log| log.at_us).min()),
        // What is logged is words, and may be about anybody.
        about: None,
        longest_us: 0,
        severest: logs().map(severity).max().unwrap_or_default(),
        records: logs().count(),
        terms: terms.into_sorted(),
        groups,
    }
}

/// The one tenant that these spans are about; none where they are about several.
fn about<'a>(spans: impl Iterator<Item = &'a Span>) -> Option<TenantId> {
    let named = spans.filter_map(|span| span.attributes.get(telemetry::ABOUT)?.as_text());
    let named: BTreeSet<&str> = named.collect();
    let mut named = named.into_iter();
    match (named.next(), named.next()) {
        (Some(only), None) => only.parse().ok(),
        _ => None,
    }
}

fn instant(us: Option<i64>) -> DateTime<Utc> {
    us.and_then(DateTime::from_timestamp_micros)
        .unwrap_or_default()
}

#[cfg(test)]
pub(crate) mod tests;
