//! A folder that is gone when its owner is.

use std::path::{Path, PathBuf};

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
