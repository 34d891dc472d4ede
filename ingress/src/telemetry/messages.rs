//! From what was gathered to messages of a bounded size.

use bus::Outgoing;
use contract::id::TenantId;
use contract::subject;
use contract::telemetry::{Attributes, Group, LogRecord, Received, Resource, Signal, Span, Value};
use contract::token;
use service::problem::ProblemResponse;
use sha2::{Digest, Sha256};

use crate::publish;

/// Most of one record, roughly.
pub(super) const MAX_RECORD_BYTES: usize = 64 << 10;
/// A message is closed when it is this large: far below what a server takes, also with one more record.
const FULL_BYTES: usize = 192 << 10;
/// And when it holds so many records.
const FULL: usize = 1_024;

/// What a record will take in a message, roughly.
pub(super) trait Weigh {
    fn bytes(&self) -> usize;
}

impl Weigh for Span {
    fn bytes(&self) -> usize {
        let events = self.events.iter();
        let events = events.map(|event| 48 + event.name.len() + weight(&event.attributes));
        let links = self.links.len() * 56;
        192 + self.name.len()
            + self.status_message.len()
            + weight(&self.attributes)
            + events.sum::<usize>()
            + links
    }
}

impl Weigh for LogRecord {
    fn bytes(&self) -> usize {
        96 + self.body.len() + weight(&self.attributes)
    }
}

fn weight(attributes: &Attributes) -> usize {
    let one =
        |(name, value): (&String, &Value)| 16 + name.len() + value.as_text().map_or(0, str::len);
    attributes.iter().map(one).sum()
}

/// The messages that carry these groups, ready to go. They are named after what they hold: who sends the same again, since no
/// answer came, is taken once.
pub(crate) fn messages(
    tenant: TenantId,
    signal: Signal,
    groups: Vec<Group>,
    received_ms: i64,
) -> Result<Vec<Outgoing>, ProblemResponse> {
    let subject = subject::telemetry_received(signal, tenant);
    let packed = split(groups).into_iter().map(|groups| {
        let id = name(tenant, &groups);
        let received = Received {
            received_ms,
            groups,
        };
        Outgoing::packed(subject.clone(), id, &received)
    });
    packed
        .collect::<Result<_, _>>()
        .map_err(|error| publish::refuse(&error))
}

fn name(tenant: TenantId, groups: &[Group]) -> String {
    let mut hash = Sha256::new();
    hash.update(tenant.0.as_bytes());
    for group in groups {
        hash.update(group.resource.service.as_bytes());
        for span in &group.spans {
            hash.update(span.trace_id.as_bytes());
            hash.update(span.span_id.as_bytes());
            hash.update(span.start_us.to_be_bytes());
            hash.update(span.duration_us.to_be_bytes());
        }
        for log in &group.logs {
            hash.update(log.at_us.to_be_bytes());
            hash.update(log.span_id.as_ref().map_or(&[][..], |id| id.as_bytes()));
            hash.update(log.body.as_bytes());
        }
    }
    token::key_of_hash(&hash.finalize()[..16])
}

/// The same in pieces, each of which fits into a message.
fn split(groups: Vec<Group>) -> Vec<Vec<Group>> {
    let mut pieces = Pieces::default();
    for group in groups {
        let Group {
            resource,
            spans,
            logs,
        } = group;
        for span in spans {
            let bytes = span.bytes();
            pieces.group(&resource, bytes).spans.push(span);
        }
        for log in logs {
            let bytes = log.bytes();
            pieces.group(&resource, bytes).logs.push(log);
        }
    }
    pieces.done
}

#[derive(Default)]
struct Pieces {
    done: Vec<Vec<Group>>,
    bytes: usize,
    records: usize,
}

impl Pieces {
    /// Where the next record of the resource goes, which takes so many bytes.
    fn group(&mut self, resource: &Resource, bytes: usize) -> &mut Group {
        if self.done.is_empty() || self.bytes >= FULL_BYTES || self.records >= FULL {
            self.done.push(Vec::new());
            (self.bytes, self.records) = (0, 0);
        }
        self.bytes += bytes;
        self.records += 1;
        let last = self.done.len() - 1;
        let piece = &mut self.done[last];
        if piece.last().is_none_or(|group| group.resource != *resource) {
            self.bytes += 64 + resource.service.len() + weight(&resource.attributes);
            piece.push(Group {
                resource: resource.clone(),
                spans: Vec::new(),
                logs: Vec::new(),
            });
        }
        let last = piece.len() - 1;
        &mut piece[last]
    }
}
