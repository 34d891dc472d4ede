//! A private Postgres cluster on a TCP port of its own, with two login roles and as many databases as wanted.
//!
//! `overseer_owner` owns the databases and may create roles, `overseer_store` may do nothing it was not granted.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use nix::sys::signal::Signal;

use super::process::{Process, tail};
use super::secrets::{self, Secrets};
use crate::port;

mod admin;
pub mod binaries;
mod cluster;
pub mod timescale;

pub use cluster::{copy, end_orphan, remove};

const SUPERUSER: &str = "postgres";
pub const OWNER: &str = "overseer_owner";
pub const STORE: &str = "overseer_store";

/// How long it may take to come up; recovering after a crash takes a while.
const START: Duration = Duration::from_mins(2);

/// Whose programs serve.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Flavour {
    /// The machine's own Postgres.
    #[default]
    Plain,
    /// One with the extension `TimescaleDB` at hand.
    Timescale,
}

impl Flavour {
    async fn binaries(self) -> anyhow::Result<PathBuf> {
        match self {
            Self::Plain => binaries::find_or_install().await,
            Self::Timescale => timescale::find_or_install().await,
        }
    }

    fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Plain => &[],
            Self::Timescale => &timescale::SETTINGS,
        }
    }
}

/// What a server is started with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Holds data, passwords and log. A second start in it finds everything as it was.
    pub folder: PathBuf,
    /// The port to use; any free one otherwise.
    pub port: Option<u16>,
    /// False for tests, which lose nothing when the machine does.
    pub durable: bool,
    pub flavour: Flavour,
    /// Settings beside the usual, such as `work_mem=64MB`.
    pub settings: &'static [&'static str],
}

impl Options {
    /// Durable, on any port.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        Self {
            folder,
            port: None,
            durable: true,
            flavour: Flavour::default(),
            settings: &[],
        }
    }
}

/// A running Postgres. It is killed when dropped.
#[derive(Debug)]
pub struct Server {
    process: Process,
    port: u16,
    secrets: Secrets,
    psql: PathBuf,
}

impl Server {
    /// Starts a server, with a new cluster unless the folder holds one, and returns when it answers.
    pub async fn start(options: &Options) -> anyhow::Result<Self> {
        let binaries = options.flavour.binaries().await?;
        std::fs::create_dir_all(&options.folder)?;
        let folder = options.folder.canonicalize()?;
        let secrets = secrets::ensure(&folder.join("secrets.json"), [SUPERUSER, OWNER, STORE])?;
        let settings = [options.flavour.settings(), options.settings].concat();
        let cluster = cluster::prepare(&folder, &binaries, settings, &secrets[SUPERUSER]).await?;
        end_orphan(&folder).await?;
        let log = folder.join("postgres.log");
        let (process, port) = start_on_free_port(&cluster, &log, options).await?;
        let server = Self {
            process,
            port,
            secrets,
            psql: binaries.join("psql"),
        };
        server.ensure_roles().await?;
        Ok(server)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL of a database for the role that owns it.
    pub fn owner_url(&self, database: &str) -> String {
        self.url(OWNER, database)
    }

    /// The URL of a database for the role the store runs as.
    pub fn store_url(&self, database: &str) -> String {
        self.url(STORE, database)
    }

    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// The child process alone, for those who watch it.
    pub fn into_process(self) -> Process {
        self.process
    }

    /// Ends it in good order; sessions are closed.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.process.stop().await.map(drop)
    }

    fn url(&self, role: &str, database: &str) -> String {
        format!(
            "postgres://{role}:{}@127.0.0.1:{}/{database}",
            self.secrets[role], self.port
        )
    }
}

/// Nobody else can be kept from taking a port between looking for it and using it, so that is tried again.
async fn start_on_free_port(
    cluster: &cluster::Cluster,
    log: &Path,
    options: &Options,
) -> anyhow::Result<(Process, u16)> {
    let mut tries = 0;
    loop {
        tries += 1;
        let port = options.port.map_or_else(port::any, Ok)?;
        let command = cluster.command(port, options.durable);
        // SIGINT is Postgres' fast shutdown: sessions end, everything is written.
        let mut process = Process::spawn("postgres", command, log)?
            .stops_on(Signal::SIGINT, Duration::from_secs(30));
        let started = tokio::time::timeout(START, ready(&mut process, cluster)).await;
        match started.with_context(|| {
            format!(
                "Postgres is not ready after {} s; see {}",
                START.as_secs(),
                log.display()
            )
        })? {
            Ok(()) => return Ok((process, port)),
            Err(_ended) if tries < 20 && passes_by_itself(&tail(log, 6)) => {
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
            Err(ended) => bail!("{ended}:\n{}", tail(log, 8)),
        }
    }
}

/// A port that was just taken, or sessions of a killed server that are about to notice.
fn passes_by_itself(log: &str) -> bool {
    ["Address already in use", "pre-existing shared memory block"]
        .iter()
        .any(|reason| log.contains(reason))
}

async fn ready(process: &mut Process, cluster: &cluster::Cluster) -> anyhow::Result<()> {
    loop {
        if let Some(status) = process.ended()? {
            bail!("Postgres ended at once ({status})");
        }
        if cluster.is_ready(process.pid()) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
