//! What is needed only for a moment: folders that are gone when their owner is, and commands that are run to their end.

use std::path::{Path, PathBuf};

use anyhow::ensure;
use tokio::process::Command;

use crate::progress;

/// A fresh folder below the system's temporary one.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Panics when the system has no place for temporary files.
    pub fn new(purpose: &str) -> Self {
        let path = std::env::temp_dir().join(format!(
            "overseer-{purpose}-{}",
            uuid::Uuid::new_v4().simple()
        ));
        std::fs::create_dir_all(&path).expect("a temporary folder can be made");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// Runs a command to its end; passes on what it had to say.
pub(crate) async fn run(command: &mut Command) -> anyhow::Result<()> {
    let output = command.output().await?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{:?} failed: {}",
        command.as_std(),
        errors.trim()
    );
    if !errors.trim().is_empty() {
        progress::say(errors.trim());
    }
    Ok(())
}
