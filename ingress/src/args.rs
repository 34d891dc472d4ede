//! What ingress can be told.

use std::net::SocketAddr;

/// Settings of the ingress process.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub nats: bus::Args,
    /// Where pushes are taken.
    #[arg(long, env = "OVERSEER_INGRESS_LISTEN", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    #[command(flatten)]
    pub limits: Limits,
}

/// Bounds of one push. How much a tenant may push in all is in its plan ([`contract::plan::Plan`]).
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Limits {
    /// The largest body, in bytes.
    #[arg(long, env = "OVERSEER_INGRESS_MAX_BODY_BYTES", default_value_t = 1 << 20)]
    pub max_body_bytes: usize,
    /// The largest body after inflating, in bytes. A stream of NDJSON may be as long.
    #[arg(
        long,
        env = "OVERSEER_INGRESS_MAX_INFLATED_BYTES",
        default_value_t = 16 << 20
    )]
    pub max_inflated_bytes: usize,
    /// How long a body may take to arrive, in seconds.
    #[arg(long, env = "OVERSEER_INGRESS_MAX_BODY_S", default_value_t = 10)]
    pub max_body_s: u64,
    /// The most samples in one push.
    #[arg(long, env = "OVERSEER_INGRESS_MAX_SAMPLES", default_value_t = 10_000)]
    pub max_samples: usize,
    /// How far in the past a sample may lie, in seconds. The scope `metrics_backfill` lifts it.
    #[arg(long, env = "OVERSEER_INGRESS_MAX_PAST_S", default_value_t = 24 * 3_600)]
    pub max_past_s: i64,
    /// How far in the future a sample may lie, in seconds.
    #[arg(long, env = "OVERSEER_INGRESS_MAX_FUTURE_S", default_value_t = 300)]
    pub max_future_s: i64,
    /// The most pushes of one tenant that are read, judged or published at a time.
    #[arg(long, env = "OVERSEER_INGRESS_MAX_PUSHES", default_value_t = 64)]
    pub max_pushes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_body_bytes: 1 << 20,
            max_inflated_bytes: 16 << 20,
            max_body_s: 10,
            max_samples: 10_000,
            max_past_s: 24 * 3_600,
            max_future_s: 300,
            max_pushes: 64,
        }
    }
}
