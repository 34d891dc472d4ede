//! What was measured since the last push.

use std::io::Write as _;
use std::time::{Duration, Instant};

use contract::metric::PushedSample;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use crate::buffer::Entry;

/// Well below what ingress takes in one push, also before compression.
const MAX_SAMPLES: usize = 4_000;

/// Samples that are still being collected.
#[derive(Debug)]
pub(crate) struct Batch {
    samples: Vec<PushedSample>,
    begun: Instant,
    every: Duration,
}

#[derive(Serialize)]
struct Body<'a> {
    samples: &'a [PushedSample],
}

impl Batch {
    pub(crate) fn new(every: Duration) -> Self {
        Self {
            samples: Vec::new(),
            begun: Instant::now(),
            every,
        }
    }

    pub(crate) fn samples(&mut self) -> &mut Vec<PushedSample> {
        &mut self.samples
    }

    /// Whether it is time to push, if another round of samples as large as `round` were to follow.
    pub(crate) fn is_due(&self, round: usize) -> bool {
        self.begun.elapsed() >= self.every || self.samples.len() + round > MAX_SAMPLES
    }

    /// Takes what was collected, in portions that ingress takes, and begins anew.
    pub(crate) fn take(&mut self) -> std::io::Result<Vec<Entry>> {
        self.begun = Instant::now();
        let entries = self.samples.chunks(MAX_SAMPLES).map(entry).collect();
        self.samples.clear();
        entries
    }
}

fn entry(samples: &[PushedSample]) -> std::io::Result<Entry> {
    let json = serde_json::to_vec(&Body { samples })?;
    let mut gzip = GzEncoder::new(Vec::with_capacity(json.len() / 8), Compression::fast());
    gzip.write_all(&json)?;
    let count = u32::try_from(samples.len()).unwrap_or(u32::MAX);
    Ok(Entry::new(count, gzip.finish()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_round_is_pushed_in_portions() {
        let mut batch = Batch::new(Duration::from_mins(1));
        let sample = PushedSample {
            name: "x".to_owned(),
            labels: contract::metric::Labels::new(),
            value: 1.0,
            timestamp_ms: Some(1),
            kind: contract::metric::Kind::Gauge,
            unit: None,
        };
        assert!(!batch.is_due(10));
        batch.samples().extend(vec![sample; MAX_SAMPLES + 1]);
        assert!(batch.is_due(0));
        let counts: Vec<_> = batch
            .take()
            .expect("taken")
            .iter()
            .map(|entry| entry.samples)
            .collect();
        assert_eq!(counts, [4_000, 1]);
        assert!(batch.take().expect("taken").is_empty());
    }
}
