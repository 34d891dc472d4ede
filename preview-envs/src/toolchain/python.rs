//! Python programs, installed into a virtual environment of this checkout.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use tokio::process::Command;

use crate::{progress, workspace};

/// How long an installation may take: less than a test may. By itself pip waits for a silent index for many minutes.
const PATIENCE: Duration = Duration::from_secs(150);

/// A virtual environment with exactly these packages.
#[derive(Debug, Clone, Copy)]
pub struct Venv {
    pub name: &'static str,
    /// As pip takes them, with their versions.
    pub packages: &'static [&'static str],
    pub why: &'static str,
}

impl Venv {
    /// A program of it, such as `python`. `None` when it was not installed.
    pub fn find(&self, program: &str) -> Option<PathBuf> {
        let installed = std::fs::read_to_string(self.stamp()).ok()?;
        let program = self.folder().join("bin").join(program);
        (installed == self.wanted() && program.is_file()).then_some(program)
    }

    /// Installs it unless that was done.
    pub async fn ensure(&self) -> anyhow::Result<()> {
        std::fs::create_dir_all(workspace::tools())?;
        // Tests of several processes may get here together.
        let lock = std::fs::File::create(self.folder().with_extension("lock"))?;
        let _held = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await??;
        if self.find("python").is_some() {
            return Ok(());
        }
        let installed = tokio::time::timeout(PATIENCE, self.install()).await;
        let outcome =
            installed.unwrap_or_else(|_| bail!("it was not done after {} s", PATIENCE.as_secs()));
        outcome.with_context(|| {
            format!(
                "{} need Python 3 with venv and pip, and pip needs a package index that it can reach",
                self.why
            )
        })
    }

    async fn install(&self) -> anyhow::Result<()> {
        progress::say(format!(
            "installing {} with pip into {}: {}",
            self.packages.join(", "),
            self.folder().display(),
            self.why
        ));
        let python = workspace::on_path("python3").context("there is no python3 on PATH")?;
        let folder = self.folder();
        run(Command::new(python)
            .args(["-m", "venv", "--clear"])
            .arg(&folder))
        .await?;
        let pip = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ];
        run(Command::new(folder.join("bin/python"))
            .args(pip)
            .args(self.packages))
        .await?;
        Ok(std::fs::write(self.stamp(), self.wanted())?)
    }

    fn folder(&self) -> PathBuf {
        workspace::tools().join(self.name)
    }

    /// Written last: what is not complete is made anew.
    fn stamp(&self) -> PathBuf {
        self.folder().join("installed")
    }

    fn wanted(&self) -> String {
        self.packages.join("\n")
    }
}

async fn run(command: &mut Command) -> anyhow::Result<()> {
    let program = Path::new(command.as_std().get_program())
        .display()
        .to_string();
    let output = command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .with_context(|| format!("{program} cannot be run"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{:?} failed: {}",
        command.as_std(),
        errors.trim()
    );
    Ok(())
}
