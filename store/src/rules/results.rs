//! What is kept of the checks of a bucket of time: how they ended, and how long each phase took where they succeeded.

mod codec;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use contract::probe::{Outcome, Phase, Timings};

pub(crate) use codec::{Packed, decode, encode};

use super::rollup::begin_of;
use super::sketch::Sketch;

/// A check, as far as roll-ups care.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Check {
    /// The tick, in Unix milliseconds.
    pub(crate) at_ms: i64,
    pub(crate) outcome: Outcome,
    pub(crate) timings: Timings,
}

/// How checks ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) success: u64,
    pub(crate) failure: u64,
    pub(crate) missed: u64,
}

/// The checks of a bucket of time, seen from one region or from several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) counts: Counts,
    /// One for each of [`Phase::ALL`]; empty where it was not read.
    pub(crate) phases: [Sketch; Phase::ALL.len()],
}

/// Tallies by the begin of their bucket, in Unix milliseconds.
pub(crate) type Tallies = BTreeMap<i64, Tally>;

impl Counts {
    /// `success / (success + failure)`, or `None` where nobody was able to look.
    #[expect(clippy::cast_precision_loss, reason = "nobody counts beyond 2^52")]
    pub(crate) fn ratio(self) -> Option<f64> {
        let known = self.success + self.failure;
        (known > 0).then(|| self.success as f64 / known as f64)
    }

    fn add(&mut self, other: Self) {
        self.success += other.success;
        self.failure += other.failure;
        self.missed += other.missed;
    }
}

impl Tally {
    pub(crate) fn add(&mut self, check: &Check) {
        let counted = match check.outcome {
            Outcome::Success => &mut self.counts.success,
            Outcome::Failure => &mut self.counts.failure,
            Outcome::Missed => &mut self.counts.missed,
            // A note on the way, not an end.
            Outcome::Started | Outcome::Logged => return,
        };
        *counted += 1;
        if check.outcome == Outcome::Success {
            for (sketch, phase) in self.phases.iter_mut().zip(Phase::ALL) {
                sketch.merge(&Sketch::of(check.timings.of(phase)));
            }
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.counts.add(other.counts);
        for (sketch, other) in self.phases.iter_mut().zip(&other.phases) {
            sketch.merge(other);
        }
    }

    pub(crate) fn quantiles_ms(&self, phase: Phase) -> Option<contract::monitor::Quantiles> {
        let position = Phase::ALL.iter().position(|one| *one == phase)?;
        let sketch = &self.phases[position];
        Some(contract::monitor::Quantiles {
            p50: sketch.quantile(0.5)?,
            p95: sketch.quantile(0.95)?,
            p99: sketch.quantile(0.99)?,
        })
    }
}

/// Sorts checks into buckets of this width.
pub(crate) fn tallies<'a>(checks: impl IntoIterator<Item = &'a Check>, width_ms: i64) -> Tallies {
    let mut tallies = Tallies::new();
    for check in checks {
        let begin = begin_of(check.at_ms, width_ms);
        tallies.entry(begin).or_default().add(check);
    }
    tallies
}

/// Merges buckets into longer ones.
pub(crate) fn merge<'a>(
    into: &mut Tallies,
    buckets: impl IntoIterator<Item = (&'a i64, &'a Tally)>,
    width_ms: i64,
) {
    for (begin, tally) in buckets {
        into.entry(begin_of(*begin, width_ms))
            .or_default()
            .merge(tally);
    }
}

/// All of them together.
pub(crate) fn sum<'a>(tallies: impl IntoIterator<Item = &'a Tally>) -> Tally {
    tallies
        .into_iter()
        .fold(Tally::default(), |mut sum, tally| {
            sum.merge(tally);
            sum
        })
}
