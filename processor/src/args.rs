//! Configuration.

use std::time::Duration;

/// Judges checks, opens and resolves incidents, tells people.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub nats: bus::Args,
    /// Non-public networks that notifications may be sent to, as CIDRs separated by commas.
    #[arg(long, env = "OVERSEER_PROCESSOR_ALLOW", value_delimiter = ',')]
    pub allow: Vec<String>,
    /// Seconds to wait after each failed attempt to deliver a notification; after the last one it is a dead letter.
    #[arg(
        long = "backoff",
        env = "OVERSEER_PROCESSOR_BACKOFF",
        value_delimiter = ',',
        default_value = "5,30,120,600,1800,3600,7200,14400"
    )]
    pub backoff_s: Vec<f64>,
    /// Messages to a channel that people read, within the time of `gather`, before what follows is gathered into one.
    #[arg(long, env = "OVERSEER_PROCESSOR_BURST", default_value_t = 5)]
    pub burst: u16,
    /// Seconds for which the rest of a burst is gathered; 0 for never.
    #[arg(
        long = "gather",
        env = "OVERSEER_PROCESSOR_GATHER",
        default_value_t = 10
    )]
    pub gather_s: u16,
    /// Seconds between two comparisons of all schedules with all monitors.
    #[arg(
        long = "compare-every",
        env = "OVERSEER_PROCESSOR_COMPARE_EVERY",
        default_value_t = 60
    )]
    pub compare_every_s: u32,
}

impl Args {
    pub(crate) fn compare_every(&self) -> Duration {
        Duration::from_secs(u64::from(self.compare_every_s.max(1)))
    }
}
