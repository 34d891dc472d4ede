//! What a tenant may use, and for how long its samples are kept in which resolution.

use serde::{Deserialize, Serialize};

/// A tenant's plan. The store keeps it; ingress reads it from the grants in the `tokens` bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Plan {
    /// How long every sample is kept.
    pub raw_hours: u32,
    /// How long one value of a minute is kept.
    pub minute_days: u32,
    /// How long one value of an hour is kept.
    pub hour_months: u32,
    /// Most series that may be active at a time. Beyond twice as many the store refuses new ones.
    pub active_series: u32,
    pub samples_per_s: u32,
    pub requests_per_s: u32,
    /// How long traces and logs are kept.
    pub telemetry_hours: u32,
}

impl Default for Plan {
    /// What a new tenant has.
    fn default() -> Self {
        Self {
            raw_hours: 24,
            minute_days: 7,
            hour_months: 12,
            active_series: 100_000,
            samples_per_s: 500_000,
            requests_per_s: 2_000,
            telemetry_hours: 24,
        }
    }
}
