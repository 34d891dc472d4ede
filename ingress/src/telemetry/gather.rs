//! What was taken of a push, and what was not.

use contract::metric::RejectedSample;
use contract::telemetry::{Group, LogRecord, Resource, Span};

use super::messages::{MAX_RECORD_BYTES, Weigh};
use crate::judge::{Verdict, Window};

/// Gathers the records of one push by who recorded them.
pub(crate) struct Gather {
    window: Window,
    most: usize,
    next: usize,
    pub(crate) groups: Vec<Group>,
    pub(crate) verdict: Verdict,
}

/// The rule that a record breaks, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Broken(pub(super) &'static str, pub(super) &'static str);

impl Gather {
    pub(super) fn new(window: Window, most: usize) -> Self {
        Self {
            window,
            most,
            next: 0,
            groups: Vec::new(),
            verdict: Verdict::default(),
        }
    }

    pub(super) fn begin(&mut self, resource: Resource) {
        self.groups.push(Group {
            resource,
            spans: Vec::new(),
            logs: Vec::new(),
        });
    }

    pub(super) fn span(&mut self, span: Result<Span, Broken>) {
        let judged = span.and_then(light);
        if let (Some(span), Some(group)) = (self.judge(judged), self.groups.last_mut()) {
            group.spans.push(span);
        }
    }

    pub(super) fn log(&mut self, log: Result<LogRecord, Broken>) {
        let judged = log.and_then(light);
        if let (Some(log), Some(group)) = (self.judge(judged), self.groups.last_mut()) {
            group.logs.push(log);
        }
    }

    pub(super) fn now_us(&self) -> i64 {
        self.window.now.saturating_mul(1_000)
    }

    /// An instant in microseconds, if records of that time are taken.
    pub(super) fn instant(&self, unix_nano: u64) -> Result<i64, Broken> {
        let us = i64::try_from(unix_nano / 1_000).unwrap_or(i64::MAX);
        match self.window.place(us / 1_000) {
            std::cmp::Ordering::Less => Err(Broken("time", "is too far in the past")),
            std::cmp::Ordering::Greater => Err(Broken("time", "is too far in the future")),
            std::cmp::Ordering::Equal => Ok(us),
        }
    }

    /// More records than a push may hold.
    pub(super) fn is_too_much(&self) -> bool {
        self.next > self.most
    }

    fn judge<T>(&mut self, judged: Result<T, Broken>) -> Option<T> {
        let index = self.next;
        self.next += 1;
        match judged {
            Ok(record) => {
                self.verdict.accepted += 1;
                Some(record)
            }
            Err(Broken(field, reason)) => {
                self.verdict.rejected.push(RejectedSample {
                    index,
                    field: field.to_owned(),
                    reason: reason.to_owned(),
                });
                None
            }
        }
    }
}

fn light<T: Weigh>(record: T) -> Result<T, Broken> {
    if record.bytes() > MAX_RECORD_BYTES {
        return Err(Broken("attributes", "hold more than 64 KiB of text in all"));
    }
    Ok(record)
}
