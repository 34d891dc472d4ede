//! An environment as it is written down: enough for a second `up`, a `list` or a `down` to find all of it.

use std::fmt;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context as _, ensure};

use crate::server::{postgres, secrets};
use crate::workspace;

pub mod lease;
mod state;

pub use lease::{Lease, Span};
pub use state::{Access, DATABASE, Phase, Settings, State, Summary, TENANT, Unit};

/// An environment's name: part of paths and of telemetry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(String);

impl FromStr for Name {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let label: contract::id::Slug = text.parse()?;
        Ok(Self(label.into()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The folder of one environment.
#[derive(Debug, Clone)]
pub struct Environment {
    name: Name,
    folder: PathBuf,
}

impl Environment {
    /// The environment of this name, whether or not it exists yet.
    pub fn named(name: Name) -> Self {
        let folder = all_folder().join(&name.0);
        Self { name, folder }
    }

    /// Every environment that was ever brought up and not taken down.
    pub fn all() -> Vec<Self> {
        let entries = std::fs::read_dir(all_folder())
            .into_iter()
            .flatten()
            .flatten();
        let mut names: Vec<Name> = entries
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .collect();
        names.sort();
        names.into_iter().map(Self::named).collect()
    }

    pub fn name(&self) -> &Name {
        &self.name
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn exists(&self) -> bool {
        self.state_file().exists()
    }

    /// Makes its folders. Only their owner may look into them.
    pub fn create(&self) -> anyhow::Result<()> {
        for folder in [self.logs(), self.ready_folder()] {
            std::fs::create_dir_all(folder)?;
        }
        Ok(())
    }

    /// Removes all that is known of it.
    pub fn remove(&self) -> anyhow::Result<()> {
        postgres::remove(&self.postgres())?;
        if self.folder.exists() {
            std::fs::remove_dir_all(&self.folder)
                .with_context(|| format!("cannot remove {}", self.folder.display()))?;
        }
        Ok(())
    }

    pub fn nats(&self) -> PathBuf {
        self.folder.join("nats")
    }

    pub fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    pub fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }

    /// The log of a process; `preview` is the supervisor's own.
    pub fn log(&self, process: &str) -> PathBuf {
        match process {
            "nats-server" => self.nats().join("nats-server.log"),
            "postgres" => self.postgres().join("postgres.log"),
            service => self.logs().join(format!("{service}.log")),
        }
    }

    /// Where a process tells that it is ready.
    pub fn ready_file(&self, process: &str) -> PathBuf {
        self.ready_folder().join(format!("{process}.json"))
    }

    fn ready_folder(&self) -> PathBuf {
        self.folder.join("ready")
    }

    fn state_file(&self) -> PathBuf {
        self.folder.join("state.json")
    }

    /// What was last written down.
    pub fn read(&self) -> anyhow::Result<State> {
        let file = self.state_file();
        let text = std::fs::read(&file).with_context(|| {
            format!(
                "there is no environment `{}`; `cargo preview list` shows all",
                self.name
            )
        })?;
        serde_json::from_slice(&text).with_context(|| format!("{} is damaged", file.display()))
    }

    /// Writes it down. It holds credentials, so only its owner may read it.
    pub fn write(&self, state: &State) -> anyhow::Result<()> {
        secrets::write_private(&self.state_file(), &serde_json::to_vec_pretty(state)?)
    }

    /// How long it is wanted; for ever where nothing is written down.
    pub fn lease(&self) -> Lease {
        let text = std::fs::read(self.lease_file()).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    pub fn write_lease(&self, lease: &Lease) -> anyhow::Result<()> {
        secrets::write_private(&self.lease_file(), &serde_json::to_vec(lease)?)
    }

    /// Somebody uses it: its time to live counts from now.
    pub fn touch(&self) -> anyhow::Result<()> {
        self.read()?;
        self.write_lease(&Lease::starting_now(self.lease().ttl))
    }

    /// Whether its folder was made or changed within this time.
    pub fn is_younger_than(&self, age: Duration) -> bool {
        lease::is_younger(&self.folder, age)
    }

    fn lease_file(&self) -> PathBuf {
        self.folder.join("lease.json")
    }

    /// Takes the lock that a supervisor holds as long as it lives; `None` when one lives.
    pub fn lock(&self) -> anyhow::Result<Option<File>> {
        let file = File::create(self.folder.join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).context("cannot lock the environment"),
        }
    }

    /// Whether a supervisor looks after it now.
    pub fn is_supervised(&self) -> bool {
        self.folder.exists() && self.lock().is_ok_and(|lock| lock.is_none())
    }

    /// What an outsider is told of it.
    pub fn summary(&self) -> anyhow::Result<Summary> {
        let state = self.read()?;
        let phase = match state.phase {
            phase if self.is_supervised() => phase,
            Phase::Failed => Phase::Failed,
            Phase::Stopped => Phase::Stopped,
            _ => Phase::Crashed,
        };
        Ok(Summary::new(self, &state, phase))
    }

    /// Which of these services exist, as a check of what a person typed.
    pub fn ensure_known(&self, process: &str) -> anyhow::Result<()> {
        let state = self.read()?;
        let known: Vec<&str> = state
            .units
            .keys()
            .map(String::as_str)
            .chain(["preview"])
            .collect();
        ensure!(
            known.contains(&process) || self.log(process).exists(),
            "`{}` has no `{process}`; it has {}",
            self.name,
            known.join(", ")
        );
        Ok(())
    }
}

fn all_folder() -> PathBuf {
    workspace::state().join("envs")
}
