//! Native histograms, alike in both versions.

use super::Stop;
use crate::judge::{Broken, Judge};
use crate::protocol::histogram::{Exponential, Histogram, SCALES, Target};
use crate::wire::{Fields, Malformed, Value, Varints, doubles, zigzag};

/// Buckets whose bounds are listed.
const CUSTOM: i64 = -53;
/// The most buckets of one side: far more than any client library keeps.
const MAX_BUCKETS: usize = 10_000;

/// Judges one histogram. Returns whether it was taken, or carries no value.
pub(super) fn read(bytes: &[u8], target: &Target, judge: &mut Judge) -> Result<bool, Stop> {
    let native = Native::of(bytes)?;
    // A stale marker, or a sum of something infinite.
    if native.sum.is_nan() {
        judge.skip()?;
        return Ok(true);
    }
    let outcome = native
        .histogram()
        .and_then(|histogram| histogram.put(target, native.at_ms, judge));
    let taken = outcome.is_ok();
    judge.settle(outcome)?;
    Ok(taken)
}

#[derive(Default)]
struct Native {
    count: f64,
    sum: f64,
    schema: i64,
    zero_threshold: f64,
    zero_count: f64,
    negative: Side,
    positive: Side,
    at_ms: i64,
    bounds: Vec<f64>,
}

/// The buckets on one side of zero.
#[derive(Default)]
struct Side {
    /// Distance to the bucket before, and how many follow each other.
    spans: Vec<(i64, u64)>,
    counts: Vec<f64>,
}

impl Native {
    fn of(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut native = Self::default();
        for field in Fields::of(bytes) {
            native.set(field?)?;
        }
        Ok(native)
    }

    #[expect(clippy::cast_precision_loss, reason = "all values are doubles here")]
    fn set(&mut self, (number, value): (u32, Value)) -> Result<(), Malformed> {
        match number {
            1 => self.count = value.varint()? as f64,
            2 => self.count = value.double()?,
            3 => self.sum = value.double()?,
            4 => self.schema = value.sint()?,
            5 => self.zero_threshold = value.double()?,
            6 => self.zero_count = value.varint()? as f64,
            7 => self.zero_count = value.double()?,
            8 => self.negative.span(value.bytes()?)?,
            9 => self.negative.deltas(value.bytes()?)?,
            10 => self.negative.counts(value.bytes()?)?,
            11 => self.positive.span(value.bytes()?)?,
            12 => self.positive.deltas(value.bytes()?)?,
            13 => self.positive.counts(value.bytes()?)?,
            15 => self.at_ms = value.int()?,
            16 => self.bounds.extend(doubles(value.bytes()?)?),
            _ => {}
        }
        Ok(())
    }

    fn histogram(&self) -> Result<Histogram, Broken> {
        let buckets = if self.schema == CUSTOM {
            self.custom()?
        } else {
            self.exponential()?
        };
        Ok(Histogram {
            count: self.count,
            sum: Some(self.sum),
            buckets,
        })
    }

    fn exponential(&self) -> Result<Vec<(f64, f64)>, Broken> {
        let scale = i32::try_from(self.schema).ok();
        let scale = scale
            .filter(|scale| SCALES.contains(scale))
            .ok_or(Broken::new("schema", "is none that is known"))?;
        let mut exponential = Exponential::new(self.zero_threshold, self.zero_count);
        // Here a bucket's index belongs to its upper bound.
        for (index, count) in self.positive.buckets()? {
            exponential.add_positive(scale, index.saturating_sub(1), count);
        }
        for (index, count) in self.negative.buckets()? {
            exponential.add_negative(scale, index.saturating_sub(1), count);
        }
        Ok(exponential.cumulative())
    }

    fn custom(&self) -> Result<Vec<(f64, f64)>, Broken> {
        let mut counts = vec![0.0; self.bounds.len()];
        for (index, count) in self.positive.buckets()? {
            let place = usize::try_from(index).ok();
            // The last one is infinite, and known from the count.
            if let Some(place) = place.and_then(|place| counts.get_mut(place)) {
                *place = count;
            }
        }
        let mut sum = 0.0;
        let bounds = self.bounds.iter().zip(counts);
        Ok(bounds
            .map(|(bound, count)| {
                sum += count;
                (*bound, sum)
            })
            .collect())
    }
}

impl Side {
    fn span(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        let (mut offset, mut length) = (0, 0);
        for field in Fields::of(bytes) {
            match field? {
                (1, value) => offset = value.sint()?,
                (2, value) => length = value.varint()?,
                _ => {}
            }
        }
        if self.spans.len() < MAX_BUCKETS {
            self.spans.push((offset, length));
        }
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "all values are doubles here")]
    fn deltas(&mut self, packed: &[u8]) -> Result<(), Malformed> {
        let mut count = 0_i64;
        for delta in Varints(packed).take(MAX_BUCKETS + 1) {
            count = count.wrapping_add(zigzag(delta?));
            self.counts.push(count as f64);
        }
        Ok(())
    }

    fn counts(&mut self, packed: &[u8]) -> Result<(), Malformed> {
        self.counts.extend(doubles(packed)?.take(MAX_BUCKETS + 1));
        Ok(())
    }

    /// Index and count of each.
    fn buckets(&self) -> Result<Vec<(i64, f64)>, Broken> {
        let mut buckets = Vec::new();
        let mut counts = self.counts.iter();
        let mut index = 0_i64;
        for (offset, length) in &self.spans {
            index = index.saturating_add(*offset);
            let run = usize::try_from(*length).unwrap_or(usize::MAX);
            for count in counts.by_ref().take(run) {
                buckets.push((index, *count));
                index = index.saturating_add(1);
            }
        }
        let described = self.spans.iter().map(|(_, length)| *length);
        let described = described.fold(0, u64::saturating_add);
        if buckets.len() > MAX_BUCKETS {
            return Err(Broken::new("buckets", "are too many"));
        }
        if counts.next().is_some() || described != buckets.len() as u64 {
            return Err(Broken::new("buckets", "do not match their spans"));
        }
        Ok(buckets)
    }
}
