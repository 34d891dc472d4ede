//! Where measurements become samples.

use contract::metric::{Kind, Labels, PushedSample};

/// Names and values of a sample's own labels.
pub(super) type Own<'a> = &'a [(&'a str, &'a str)];

pub(super) struct Sink<'a> {
    host: &'a str,
    now_ms: i64,
    into: &'a mut Vec<PushedSample>,
}

impl<'a> Sink<'a> {
    pub(super) fn new(host: &'a str, now_ms: i64, into: &'a mut Vec<PushedSample>) -> Self {
        Self { host, now_ms, into }
    }

    /// A value that goes up and down.
    pub(super) fn gauge(&mut self, name: &str, unit: &str, labels: Own<'_>, value: f64) {
        self.add(Kind::Gauge, name, unit, labels, value);
    }

    /// A value that only grows, or starts again at zero.
    pub(super) fn counter(&mut self, name: &str, unit: &str, labels: Own<'_>, value: f64) {
        self.add(Kind::Counter, name, unit, labels, value);
    }

    fn add(&mut self, kind: Kind, name: &str, unit: &str, labels: Own<'_>, value: f64) {
        let host = std::iter::once(("host", self.host));
        let labels = host.chain(labels.iter().copied());
        let labels: Labels = labels
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        self.into.push(PushedSample {
            name: name.to_owned(),
            labels,
            value,
            timestamp_ms: Some(self.now_ms),
            kind,
            unit: Some(unit.to_owned()),
        });
    }
}

/// A count or a number of bytes as a sample's value.
#[expect(
    clippy::cast_precision_loss,
    reason = "exact up to 2^53, which is 9 PB"
)]
pub(super) fn number(value: u64) -> f64 {
    value as f64
}
