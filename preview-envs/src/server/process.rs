use std::fs::{File, OpenOptions};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

/// A child process with a name, a log file and a polite way to end. It is killed when dropped.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    pid: u32,
    farewell: Signal,
    grace: Duration,
}

impl Process {
    /// Starts `command` with its output appended to `log`. It ends on SIGTERM within ten seconds, unless told otherwise.
    pub fn spawn(name: &str, mut command: Command, log: &Path) -> anyhow::Result<Self> {
        let output = open_log(log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| {
                format!(
                    "cannot start {name} ({})",
                    command.as_std().get_program().display()
                )
            })?;
        let pid = child.id().context("it ended before it had a pid")?;
        Ok(Self {
            name: name.to_owned(),
            child,
            pid,
            farewell: Signal::SIGTERM,
            grace: Duration::from_secs(10),
        })
    }

    /// Asks with this signal, and waits this long before it kills.
    #[must_use]
    pub fn stops_on(mut self, farewell: Signal, grace: Duration) -> Self {
        self.farewell = farewell;
        self.grace = grace;
        self
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Waits until it ends by itself. Cancel safe.
    pub async fn wait(&mut self) -> anyhow::Result<ExitStatus> {
        Ok(self.child.wait().await?)
    }

    /// Ends it: politely first, by force once its grace is over.
    pub async fn stop(&mut self) -> anyhow::Result<ExitStatus> {
        if let Some(status) = self.ended()? {
            return Ok(status);
        }
        let pid = Pid::from_raw(i32::try_from(self.pid)?);
        kill(pid, self.farewell).with_context(|| format!("cannot signal {}", self.name))?;
        match tokio::time::timeout(self.grace, self.child.wait()).await {
            Ok(status) => Ok(status?),
            Err(_late) => {
                self.child.kill().await?;
                self.wait().await
            }
        }
    }
}

fn open_log(log: &Path) -> anyhow::Result<File> {
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder)?;
    }
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .with_context(|| format!("cannot write {}", log.display()))
}

/// The last lines of a log, for the message of a start that failed.
pub(crate) fn tail(log: &Path, lines: usize) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
