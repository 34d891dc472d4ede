//! Tools that npm brings, each in a folder of its own beside the project's other tools.

use std::path::{Path, PathBuf};

use preview_envs::workspace;
use tokio::process::Command;

/// A package whose version is pinned, and the file of it that is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Package {
    pub name: &'static str,
    pub version: &'static str,
    /// Below `node_modules`.
    pub file: &'static str,
}

impl Package {
    /// The wanted file, fetched from npm's registry the first time; `None` on a machine without npm.
    pub async fn find_or_install(self) -> Option<PathBuf> {
        let folder = workspace::tools().join(self.name);
        let file = folder.join("node_modules").join(self.file);
        if !file.is_file() {
            self.install(&workspace::on_path("npm")?, &folder).await;
        }
        Some(file)
    }

    async fn install(self, npm: &Path, folder: &Path) {
        std::fs::create_dir_all(folder).expect("the state folder can be written");
        let package = format!("{}@{}", self.name, self.version);
        let quiet = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts"];
        let output = Command::new(npm)
            .arg("install")
            .args(quiet)
            .arg("--prefix")
            .arg(folder)
            .arg(&package)
            .output()
            .await
            .expect("npm runs");
        assert!(
            output.status.success(),
            "npm could not fetch {package}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
