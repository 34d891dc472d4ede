//! One time series of a write request: alike in both versions but for where its names come from.

use contract::metric::Kind;

use super::Stop;
use super::histogram;
use crate::judge::{Broken, Judge};
use crate::protocol::histogram::Target;
use crate::wire::{Fields, Malformed};

/// What a series is called.
pub(super) struct Head<'a> {
    pub(super) labels: Vec<(&'a str, &'a str)>,
    /// `None` where the request does not say.
    pub(super) kind: Option<Kind>,
    pub(super) unit: Option<&'a str>,
}

/// The numbers of the fields.
pub(super) struct Layout {
    pub(super) samples: u32,
    pub(super) histograms: u32,
}

/// Judges the samples of a series. Returns how many histograms were taken.
pub(super) fn read(
    series: &[u8],
    mut head: Head,
    layout: &Layout,
    judge: &mut Judge,
) -> Result<usize, Stop> {
    let name = head.take_name();
    let mut place = None;
    let mut histograms = 0;
    for field in Fields::of(series) {
        let (number, value) = field?;
        if number == layout.samples {
            let (value, at_ms) = sample(value.bytes()?)?;
            if !value.is_finite() {
                judge.skip()?;
                continue;
            }
            let place = place.get_or_insert_with(|| {
                let kind = head.kind.unwrap_or_else(|| kind_by_name(name));
                judge.series(name, &mut head.labels, kind, head.unit)
            });
            let outcome = put(place, at_ms, value, judge);
            judge.settle(outcome)?;
        } else if number == layout.histograms {
            let target = Target {
                name,
                labels: &head.labels,
                kind: Kind::Counter,
                unit: head.unit,
            };
            histograms += usize::from(histogram::read(value.bytes()?, &target, judge)?);
        }
    }
    Ok(histograms)
}

impl<'a> Head<'a> {
    fn take_name(&mut self) -> &'a str {
        let at = self.labels.iter().position(|(name, _)| *name == "__name__");
        at.map_or("", |at| self.labels.remove(at).1)
    }
}

fn put(
    place: &Result<crate::batch::Place, Broken>,
    at_ms: i64,
    value: f64,
    judge: &mut Judge,
) -> Result<(), Broken> {
    let place = place.clone()?;
    let at_ms = judge.instant(Some(at_ms))?;
    judge.put(place, at_ms, value)
}

fn sample(bytes: &[u8]) -> Result<(f64, i64), Malformed> {
    let (mut value, mut at_ms) = (0.0, 0);
    for field in Fields::of(bytes) {
        match field? {
            (1, number) => value = number.double()?,
            (2, number) => at_ms = number.int()?,
            _ => {}
        }
    }
    Ok((value, at_ms))
}

/// By the naming conventions of Prometheus, for senders that do not say.
fn kind_by_name(name: &str) -> Kind {
    let counters = ["_total", "_count", "_sum", "_bucket"];
    if counters.iter().any(|suffix| name.ends_with(suffix)) {
        Kind::Counter
    } else {
        Kind::Gauge
    }
}
