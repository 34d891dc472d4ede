//! What the store can be told.

use contract::id::{Region, Slug};

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
    /// Whether `migrate` makes the tables of samples and results hypertables of TimescaleDB: `auto` where it is installed.
    #[arg(long, env = "OVERSEER_STORE_TIMESCALE", value_enum, default_value_t = Timescale::Auto, global = true)]
    pub timescale: Timescale,
    /// Connections to Postgres, one more for listening included.
    #[arg(long, env = "OVERSEER_STORE_CONNECTIONS", default_value_t = 16)]
    pub connections: u32,
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
    /// Makes up ninety days of history for a tenant's monitors, marked as such.
    Demo {
        #[arg(long)]
        tenant: Slug,
    },
}

impl From<NatsArgs> for bus::Args {
    fn from(args: NatsArgs) -> Self {
        Self {
            nats_url: args.nats_url,
            nats_password: args.nats_password,
        }
    }
}
