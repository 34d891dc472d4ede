//! What the store can be told.

use contract::id::{Region, Slug};

use crate::rules::telemetry::sampling;

/// The store: the one service that owns the database.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub nats: NatsArgs,
    /// Postgres as the role `overseer_store`, which owns nothing: to serve.
    #[arg(long, env = "OVERSEER_STORE_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Postgres as the owner of the database: to migrate and to make up a demonstration.
    #[arg(
        long,
        env = "OVERSEER_STORE_OWNER_URL",
        hide_env_values = true,
        global = true
    )]
    pub owner_url: Option<String>,
    /// With which token the services export what they say of themselves; `migrate` lets it in. Any text nobody guesses.
    #[arg(
        long,
        env = "OVERSEER_STORE_TELEMETRY_TOKEN",
        hide_env_values = true,
        global = true
    )]
    pub telemetry_token: Option<String>,
    /// Whether `migrate` makes the tables of samples and results hypertables of TimescaleDB: `auto` where it is installed.
    #[arg(long, env = "OVERSEER_STORE_TIMESCALE", value_enum, default_value_t = Timescale::Auto, global = true)]
    pub timescale: Timescale,
    /// Lets only those sign up who follow an open invitation.
    #[arg(long, env = "OVERSEER_STORE_BY_INVITATION")]
    pub by_invitation: bool,
    /// Connections to Postgres, one more for listening included.
    #[arg(long, env = "OVERSEER_STORE_CONNECTIONS", default_value_t = 16)]
    pub connections: u32,
    #[command(flatten)]
    pub sampling: Sampling,
}

/// What is kept of traces and logs where there are too many. What failed or was slow is always kept, with its whole trace.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Sampling {
    /// Spans and log records a second that are kept of one tenant, about.
    #[arg(long, env = "OVERSEER_STORE_TELEMETRY_PER_S", default_value_t = 500.0)]
    pub telemetry_per_s: f64,
    /// What takes this long is slow, in milliseconds.
    #[arg(
        long,
        env = "OVERSEER_STORE_TELEMETRY_SLOW_MS",
        default_value_t = 2_000
    )]
    pub telemetry_slow_ms: u64,
}

/// How to reach the NATS server; not needed for what only touches the database.
#[derive(Debug, Clone, clap::Args)]
pub struct NatsArgs {
    /// The NATS server, or several separated by commas.
    #[arg(
        long,
        env = "OVERSEER_NATS_URL",
        default_value = "nats://127.0.0.1:4222",
        global = true
    )]
    pub nats_url: String,
    /// The password of this service's NATS user; of `deployer` to provision.
    #[arg(
        long,
        env = "OVERSEER_NATS_PASSWORD",
        hide_env_values = true,
        default_value = "",
        global = true
    )]
    pub nats_password: String,
    /// Obeys the switches of the bucket `faults`, for people who want to see what the system makes of faults. Not for production.
    #[arg(long, env = "OVERSEER_TEST_BED")]
    pub test_bed: bool,
}

/// Whether to use TimescaleDB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Timescale {
    Auto,
    On,
    Off,
}

/// Something to do once instead of serving.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Command {
    /// Applies pending migrations.
    Migrate,
    /// Closes all hours that are over and forgets what is too old, at once instead of in time.
    Tidy,
    /// Creates or updates streams, durables and buckets.
    Provision {
        /// Where probers stand, separated by commas.
        #[arg(
            long,
            value_delimiter = ',',
            env = "OVERSEER_PROBER_REGIONS",
            required = true
        )]
        regions: Vec<Region>,
        /// Servers that hold each stream and bucket: 1, or 3 or 5 of a cluster. Also changes those that exist.
        #[arg(long, env = "OVERSEER_NATS_REPLICAS", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=5))]
        replicas: u8,
    },
    /// Makes a person who signed up an owner of a tenant: the first one of `overseer`, in which the services' own telemetry is.
    Admit {
        #[arg(long)]
        email: String,
        #[arg(long, default_value = contract::telemetry::SLUG)]
        tenant: Slug,
    },
    /// Gives a person who forgot theirs the password that stands on standard input, and ends their sessions.
    ResetPassword {
        #[arg(long)]
        email: String,
    },
    /// Makes up ninety days of history for a tenant's monitors, marked as such.
    Demo {
        #[arg(long)]
        tenant: Slug,
    },
}

impl From<Sampling> for sampling::Limits {
    fn from(args: Sampling) -> Self {
        Self {
            per_s: args.telemetry_per_s.max(0.1),
            slow_us: args.telemetry_slow_ms.saturating_mul(1_000),
        }
    }
}

impl From<NatsArgs> for bus::Args {
    fn from(args: NatsArgs) -> Self {
        Self {
            nats_url: args.nats_url,
            nats_password: args.nats_password,
            test_bed: args.test_bed,
        }
    }
}
