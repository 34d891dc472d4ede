//! Finding Postgres' programs, or installing them where the system's package manager can.

use std::path::{Path, PathBuf};

use crate::toolchain::packages;
use crate::workspace;
use anyhow::{Context as _, bail};

pub(super) const NEEDED: [&str; 3] = ["initdb", "postgres", "psql"];
const INSTRUCTION: &str = "Postgres 15 or newer is needed, with its programs initdb, postgres and psql. \
     On Debian or Ubuntu: sudo apt-get install postgresql. Elsewhere put the programs on PATH";

/// The folder with Postgres' programs; installed first where there is none.
pub async fn find_or_install() -> anyhow::Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    if !packages::can_install() {
        bail!(INSTRUCTION);
    }
    let why = "no Postgres found on this machine";
    packages::install(&["postgresql"], why)
        .await
        .context(INSTRUCTION)?;
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

pub(super) fn is_complete(folder: &Path) -> bool {
    NEEDED.iter().all(|program| folder.join(program).is_file())
}
