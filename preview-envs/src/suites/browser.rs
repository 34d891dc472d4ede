//! Finding a browser for tests, or installing one where the system's package manager can.

use std::path::PathBuf;

use anyhow::Context as _;

use crate::toolchain::packages;
use crate::workspace;

const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const INSTRUCTION: &str = "browser tests need Chromium: sudo apt-get install chromium";

/// The browser on PATH.
pub fn find() -> Option<PathBuf> {
    NAMES.into_iter().find_map(workspace::on_path)
}

/// The browser to use; installed first where there is none.
pub async fn find_or_install() -> anyhow::Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    packages::install(&["chromium"], "browser tests need one")
        .await
        .context(INSTRUCTION)?;
    find().context(INSTRUCTION)
}
