//! A nats-server with JetStream, one account per environment and one user per service.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use contract::access;
use contract::id::Region;
use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use super::process::{Process, tail};
use super::secrets::{self, Secrets};

pub mod binary;
mod config;

pub use config::{ACCOUNT, users_file};

/// How long it may take to come up; recovering large streams takes a while.
const START: Duration = Duration::from_mins(1);

/// What a server is started with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Holds configuration, passwords, log and streams. A second start in it finds everything as it was.
    pub folder: PathBuf,
    pub regions: Vec<Region>,
    /// The ports to use; any free ones otherwise.
    pub ports: Option<Ports>,
}

/// The ports a server listens on, on 127.0.0.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ports {
    pub client: u16,
    pub monitor: u16,
}

impl Options {
    pub fn new(folder: impl Into<PathBuf>, regions: Vec<Region>) -> Self {
        let folder = folder.into();
        Self {
            folder,
            regions,
            ports: None,
        }
    }
}

/// A running nats-server. It is killed when dropped.
#[derive(Debug)]
pub struct Server {
    process: Process,
    ports: Ports,
    secrets: Secrets,
}

impl Server {
    /// Starts a server and returns when it answers.
    pub async fn start(options: &Options) -> anyhow::Result<Self> {
        let binary = binary::find_or_install().await?;
        std::fs::create_dir_all(&options.folder)?;
        let folder = options.folder.canonicalize()?;
        forget_old_ports(&folder);
        let users = access::users_of_test_bed(&options.regions);
        let names = users.iter().map(|user| user.name);
        let secrets = secrets::ensure(
            &folder.join("secrets.json"),
            names.chain([config::SYSTEM_USER]),
        )?;
        let file = folder.join("nats.conf");
        let text = config::render(&folder, options.ports, &users, &secrets);
        secrets::write_private(&file, text.as_bytes())?;
        let (process, ports) = start_once_ports_are_free(&binary, &file, &folder).await?;
        Ok(Self {
            process,
            ports,
            secrets,
        })
    }

    /// `nats://127.0.0.1:4222`, without a user.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.ports.client)
    }

    /// `http://127.0.0.1:8222`: `/varz`, `/jsz`, `/healthz` and so on.
    pub fn monitor_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.monitor)
    }

    pub fn ports(&self) -> Ports {
        self.ports
    }

    /// The password of a user of [`contract::access`].
    pub fn password(&self, user: &str) -> anyhow::Result<&str> {
        self.secrets
            .get(user)
            .map(String::as_str)
            .with_context(|| format!("there is no NATS user {user}"))
    }

    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// The child process alone, for those who watch it.
    pub fn into_process(self) -> Process {
        self.process
    }

    /// Ends it in good order.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.process.stop().await.map(drop)
    }
}

/// A predecessor that was just killed may hold its ports for a moment.
async fn start_once_ports_are_free(
    binary: &Path,
    config: &Path,
    folder: &Path,
) -> anyhow::Result<(Process, Ports)> {
    let log = folder.join("nats-server.log");
    let mut tries = 0;
    loop {
        tries += 1;
        let mut command = Command::new(binary);
        command.arg("--config").arg(config).current_dir(folder);
        let mut process = Process::spawn("nats-server", command, &log)?
            .stops_on(Signal::SIGTERM, Duration::from_secs(15));
        match tokio::time::timeout(START, ready(&mut process, folder)).await {
            Ok(Ok(ports)) => return Ok((process, ports)),
            Ok(Err(_ended)) if tries < 20 && tail(&log, 6).contains("address already in use") => {
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
            Ok(Err(ended)) => bail!("{ended}:\n{}", tail(&log, 8)),
            Err(_late) => bail!(
                "nats-server is not ready after {} s; see {}",
                START.as_secs(),
                log.display()
            ),
        }
    }
}

/// The file in which a server tells its ports.
#[derive(Deserialize)]
struct PortsFile {
    nats: Vec<String>,
    monitoring: Vec<String>,
}

async fn ready(process: &mut Process, folder: &Path) -> anyhow::Result<Ports> {
    let file = folder.join(format!("nats-server_{}.ports", process.pid()));
    loop {
        if let Some(status) = process.ended()? {
            bail!("nats-server ended at once ({status})");
        }
        let told = std::fs::read(&file)
            .ok()
            .and_then(|text| serde_json::from_slice::<PortsFile>(&text).ok());
        if let Some(told) = told {
            return Ok(Ports {
                client: port(&told.nats)?,
                monitor: port(&told.monitoring)?,
            });
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn port(urls: &[String]) -> anyhow::Result<u16> {
    let url = urls.first().context("nats-server told no port")?;
    let (_, port) = url
        .rsplit_once(':')
        .context("nats-server told a URL without a port")?;
    Ok(port.parse()?)
}

/// A killed server leaves its ports file behind.
fn forget_old_ports(folder: &Path) {
    let old = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in old.filter(|entry| entry.path().extension().is_some_and(|e| e == "ports")) {
        std::fs::remove_file(entry.path()).ok();
    }
}
