//! What the agent can be told.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;

/// Measures this host and pushes what it finds to Overseer.
///
/// Add a host in the dashboard under Hosts, run the command it shows here, and then `overseer-agent run`.
#[derive(Debug, clap::Parser)]
#[command(name = "overseer-agent", version)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub state: State,
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Exchanges a one-time code for this host's own token.
    Register(Register),
    /// Measures and pushes until it is stopped; what could not be pushed waits on disk.
    Run(Run),
}

/// What both commands share.
#[derive(Debug, Clone, clap::Args)]
pub struct State {
    /// Where the token and what waits to be pushed are kept; `.overseer-agent` in the home folder otherwise.
    #[arg(long, global = true, env = "OVERSEER_AGENT_STATE_DIR")]
    pub state_dir: Option<PathBuf>,
    /// A PEM file with the certificate authorities to trust, in place of the well-known ones.
    #[arg(long, global = true, env = "OVERSEER_AGENT_CA_FILE")]
    pub ca_file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct Register {
    /// The dashboard's address, such as `https://status.example.org`.
    #[arg(long, env = "OVERSEER_AGENT_URL")]
    pub url: String,
    /// The one-time code that the dashboard showed.
    #[arg(long, env = "OVERSEER_AGENT_CODE", hide_env_values = true)]
    pub code: String,
}

#[derive(Debug, Clone, clap::Args)]
pub struct Run {
    /// How often to measure, in milliseconds.
    #[arg(long, env = "OVERSEER_AGENT_INTERVAL_MS", default_value_t = 1_000,
        value_parser = clap::value_parser!(u64).range(100..=3_600_000))]
    pub interval_ms: u64,
    /// How often to push what was measured, in milliseconds.
    #[arg(long, env = "OVERSEER_AGENT_PUSH_MS", default_value_t = 5_000,
        value_parser = clap::value_parser!(u64).range(100..=3_600_000))]
    pub push_ms: u64,
    /// The most that may wait on disk, in MiB. When it is full the oldest is dropped, and counted.
    #[arg(long, env = "OVERSEER_AGENT_BUFFER_MIB", default_value_t = 64,
        value_parser = clap::value_parser!(u64).range(1..=65_536))]
    pub buffer_mib: u64,
    /// A process to measure, by the name of its program; may be repeated.
    #[arg(
        long = "process",
        env = "OVERSEER_AGENT_PROCESSES",
        value_delimiter = ','
    )]
    pub processes: Vec<String>,
    /// Takes part in the fault `agent-leak` of a test-bed: leaks memory while ingress says so.
    #[arg(long, env = "OVERSEER_AGENT_TEST_BED")]
    pub test_bed: bool,
}

impl Run {
    pub(crate) fn interval(&self) -> Duration {
        Duration::from_millis(self.interval_ms)
    }

    pub(crate) fn push_every(&self) -> Duration {
        Duration::from_millis(self.push_ms)
    }
}

impl State {
    pub(crate) fn folder(&self) -> anyhow::Result<PathBuf> {
        if let Some(folder) = &self.state_dir {
            return Ok(folder.clone());
        }
        let home = std::env::home_dir().context("there is no home folder: name a --state-dir")?;
        Ok(home.join(".overseer-agent"))
    }
}
