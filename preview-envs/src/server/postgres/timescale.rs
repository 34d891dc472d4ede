//! A Postgres with `TimescaleDB`, unpacked for this checkout alone from packages of a Debian release that has one.
//!
//! Nothing of the machine is changed and root is not needed. The programs are told to load the libraries they were built with,
//! so the machine may run another release.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use tokio::process::Command;

use super::{binaries, cluster};
use crate::toolchain::archive::Archive;
use crate::{progress, scratch, workspace};

/// The oldest release with a package of the extension, and its Postgres.
const RELEASE: &str = "trixie";
const PACKAGES: [&str; 3] = ["postgresql-17", "postgresql-17-timescaledb", "patchelf"];
const PROGRAMS: &str = "usr/lib/postgresql/17/bin";

/// What a server with the extension is started with beside the usual.
pub(super) const SETTINGS: [&str; 2] = [
    "shared_preload_libraries=timescaledb",
    "timescaledb.telemetry_level=off",
];

/// The folder with its programs; installed first where there is none.
pub async fn find_or_install() -> anyhow::Result<PathBuf> {
    if let Some(found) = find().await {
        return Ok(found);
    }
    let _held = workspace::lock_tool("timescaledb").await?;
    if let Some(found) = find().await {
        return Ok(found);
    }
    install()
        .await
        .context("a Postgres with TimescaleDB cannot be installed")?;
    find()
        .await
        .context("the Postgres with TimescaleDB that was installed does not run on this machine")
}

/// The folder with its programs, if they run.
pub async fn find() -> Option<PathBuf> {
    let programs = home().join(PROGRAMS);
    let mut command = Command::new(programs.join("postgres"));
    let output = command.arg("--version").output().await.ok()?;
    (output.status.success() && binaries::is_complete(&programs)).then_some(programs)
}

fn home() -> PathBuf {
    workspace::tools().join("timescaledb")
}

async fn install() -> anyhow::Result<()> {
    let (library, loader) = platform()?;
    let home = home();
    progress::say(format!(
        "installing a Postgres with TimescaleDB into {}: the store is tested on it too",
        home.display()
    ));
    remove(&home)?;
    let place = cluster::reachable(&home)?;
    let fresh = place.with_extension("new");
    remove(&fresh)?;
    let download = scratch::Folder::new("timescaledb-download");
    Archive::of(RELEASE, download.path())
        .await?
        .unpack(&PACKAGES, &fresh)
        .await?;
    for program in binaries::NEEDED {
        let mut patch = Command::new(fresh.join(loader));
        patch
            .arg("--library-path")
            .arg(fresh.join(library))
            .arg(fresh.join("usr/bin/patchelf"))
            .arg("--set-interpreter")
            .arg(place.join(loader))
            .args(["--force-rpath", "--set-rpath"])
            .arg(place.join(library))
            .arg(fresh.join(PROGRAMS).join(program));
        scratch::run(&mut patch).await?;
    }
    std::fs::rename(&fresh, &place)?;
    if place != home {
        std::os::unix::fs::symlink(&place, &home)?;
    }
    Ok(())
}

/// Where this machine's libraries and their loader lie.
fn platform() -> anyhow::Result<(&'static str, &'static str)> {
    match std::env::consts::ARCH {
        "x86_64" => Ok(("usr/lib/x86_64-linux-gnu", "usr/lib64/ld-linux-x86-64.so.2")),
        "aarch64" => Ok(("usr/lib/aarch64-linux-gnu", "usr/lib/ld-linux-aarch64.so.1")),
        other => bail!("no TimescaleDB is known for {other}"),
    }
}

/// Removes what a killed installation, or a checkout that was moved, left here.
fn remove(folder: &Path) -> anyhow::Result<()> {
    if folder.is_symlink() {
        let elsewhere = std::fs::read_link(folder)?;
        std::fs::remove_file(folder)?;
        return remove(&elsewhere);
    }
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    Ok(())
}
