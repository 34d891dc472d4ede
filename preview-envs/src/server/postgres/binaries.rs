//! Finding Postgres' programs, or installing them where the system's package manager can.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use nix::unistd::Uid;
use tokio::process::Command;

use crate::{progress, workspace};

const NEEDED: [&str; 3] = ["initdb", "postgres", "psql"];
const INSTRUCTION: &str = "Postgres 15 or newer is needed, with its programs initdb, postgres and psql. \
     On Debian or Ubuntu: sudo apt-get install postgresql. Elsewhere put the programs on PATH";

/// The folder with Postgres' programs; installed first where there is none.
pub async fn find_or_install() -> anyhow::Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    let Some(apt) = workspace::on_path("apt-get").filter(|_| Uid::effective().is_root()) else {
        bail!(INSTRUCTION);
    };
    install(&apt).await.context(INSTRUCTION)?;
    find().context(INSTRUCTION)
}

/// The newest of Debian's, or what is on PATH.
pub fn find() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut versions: Vec<(u32, PathBuf)> = debian
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(version, folder)| *version >= 15 && is_complete(folder))
        .collect();
    versions.sort();
    versions.pop().map(|(_, folder)| folder).or_else(on_path)
}

fn on_path() -> Option<PathBuf> {
    let program = workspace::on_path("initdb")?.canonicalize().ok()?;
    let folder = program.parent()?.to_owned();
    is_complete(&folder).then_some(folder)
}

fn is_complete(folder: &Path) -> bool {
    NEEDED.iter().all(|program| folder.join(program).is_file())
}

async fn install(apt: &Path) -> anyhow::Result<()> {
    progress::say(
        "installing the package postgresql with apt-get: no Postgres found on this machine",
    );
    if packages(apt, &["install", "--no-install-recommends", "postgresql"])
        .await
        .is_ok()
    {
        return Ok(());
    }
    progress::say("apt-get knows no such package yet: updating its lists first");
    packages(apt, &["update"]).await?;
    packages(apt, &["install", "--no-install-recommends", "postgresql"]).await
}

async fn packages(apt: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    let output = Command::new(apt)
        .args(["-y", "-q"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        // Keeps Debian from starting a server of its own: services are not started in runlevel 1.
        .env("RUNLEVEL", "1")
        .output()
        .await?;
    if !output.status.success() {
        bail!(
            "apt-get failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(())
}
