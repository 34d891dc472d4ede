//! Quantiles of a bucket of time: a `DDSketch`, whose quantiles are off by at most [`RELATIVE_ERROR`], however often merged.
//!
//! The crate's sketch is a dense array of counters. Most buckets hold a handful of values, so between computations only
//! the counters that are not zero are kept; the crate says which counter a value belongs to and finds the quantile.

mod codec;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use sketches_ddsketch::{Config, DDSketch};

pub(crate) use codec::{decode, encode};

/// A quantile differs from the value it stands for by at most this share of it.
pub(crate) const RELATIVE_ERROR: f64 = 0.01;
/// Values nearer to zero count as zero.
pub(crate) const SMALLEST: f64 = 1e-9;
/// As many as all finite numbers need, so that none are ever thrown together.
const COUNTERS: u32 = 1 << 16;

/// How many values lie where. Keys are in the order of the values: zero for zero, negative for negative values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sketch {
    counters: BTreeMap<i32, u64>,
}

impl Sketch {
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let config = config();
        let mut sketch = Self::default();
        for value in values {
            sketch.add(key(&config, value), 1);
        }
        sketch
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (&key, &count) in &other.counters {
            self.add(key, count);
        }
    }

    /// The value that has `quantile` (from 0 to 1) of the values below it, or `None` where there are none.
    pub(crate) fn quantile(&self, quantile: f64) -> Option<f64> {
        let config = config();
        let mut dense = DDSketch::new(config);
        for (&key, &count) in &self.counters {
            dense.add_with_count(value(&config, key), count);
        }
        dense.quantile(quantile.clamp(0.0, 1.0)).ok().flatten()
    }

    fn add(&mut self, key: i32, count: u64) {
        let counter = self.counters.entry(key).or_default();
        *counter = counter.saturating_add(count);
    }
}

fn config() -> Config {
    Config::new(RELATIVE_ERROR, COUNTERS, SMALLEST)
}

fn key(config: &Config, value: f64) -> i32 {
    let size = value.abs();
    if size <= SMALLEST {
        return 0;
    }
    let place = 1 + config.key(size) - config.key(SMALLEST);
    if value < 0.0 { -place } else { place }
}

fn value(config: &Config, key: i32) -> f64 {
    if key == 0 {
        return 0.0;
    }
    let place = key.unsigned_abs().cast_signed() - 1 + config.key(SMALLEST);
    config
        .value(place)
        .clamp(SMALLEST, f64::MAX)
        .copysign(f64::from(key))
}
