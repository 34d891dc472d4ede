//! What checks took and what they cost.

use std::time::Duration;

/// So many checks, what they took and what they cost.
pub(crate) struct Cost {
    pub(crate) checks: usize,
    pub(crate) took: Duration,
    pub(crate) cpu_s: f64,
}

impl Cost {
    pub(crate) fn per_second(&self) -> f64 {
        self.count() / self.took.as_secs_f64()
    }

    pub(crate) fn cpu_us(&self) -> f64 {
        self.cpu_s * 1e6 / self.count()
    }

    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    fn count(&self) -> f64 {
        self.checks as f64
    }
}
