//! Debian's package manager, for those who may use it.

use std::path::PathBuf;
use std::process::Output;

use anyhow::{Context as _, ensure};
use nix::unistd::Uid;
use tokio::process::Command;

use crate::{progress, workspace};

/// Whether packages can be installed here.
pub fn can_install() -> bool {
    apt().is_some()
}

/// Installs packages, and says why. Lists that are too old to know them are updated first.
pub async fn install(names: &[&str], why: &str) -> anyhow::Result<()> {
    progress::say(format!(
        "installing {} with apt-get: {why}",
        names.join(", ")
    ));
    let mut arguments = vec!["install", "--no-install-recommends"];
    arguments.extend(names);
    if run(&arguments).await.is_ok() {
        return Ok(());
    }
    refresh().await?;
    run(&arguments).await.map(drop)
}

/// Updates the lists of packages.
pub async fn refresh() -> anyhow::Result<()> {
    progress::say("updating apt-get's lists of packages");
    run(&["update"]).await.map(drop)
}

/// Names of known packages by a regular expression.
pub async fn matching(pattern: &str) -> anyhow::Result<Vec<String>> {
    let output = Command::new("apt-cache")
        .args(["search", "--names-only", pattern])
        .output()
        .await?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect())
}

fn apt() -> Option<PathBuf> {
    workspace::on_path("apt-get").filter(|_| Uid::effective().is_root())
}

async fn run(arguments: &[&str]) -> anyhow::Result<Output> {
    let apt = apt().context("packages are installed by root, on Debian and its kin")?;
    let output = Command::new(apt)
        .args(["-y", "-q"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        // Keeps Debian from starting what it installs: services are not started in runlevel 1.
        .env("RUNLEVEL", "1")
        .output()
        .await?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "apt-get {} failed: {}",
        arguments.join(" "),
        errors.trim()
    );
    Ok(output)
}
