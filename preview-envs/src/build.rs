//! The programs of the services: built from the working tree, or from any commit.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

use crate::progress::Step;
use crate::{client, toolchain, workspace};

mod commit;

pub use commit::{Commit, forget_all_but};

/// The binaries of the services and of the agent.
pub(crate) const BINARIES: [&str; 6] = [
    "ingress",
    "store",
    "processor",
    "prober",
    "frontend",
    "overseer-agent",
];

/// The profile of this program: it starts what was built like itself.
pub(crate) const PROFILE: &str = if cfg!(debug_assertions) {
    "debug"
} else {
    "release"
};

/// How cargo is told to build like that.
pub(crate) const PROFILE_OPTIONS: &[&str] = if cfg!(debug_assertions) {
    &[]
} else {
    &["--release"]
};

/// Where what an environment runs lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    pub binaries: PathBuf,
    /// The browser's half.
    pub site: PathBuf,
}

impl Programs {
    pub fn of_working_tree() -> Self {
        Self::of_checkout(&workspace::root())
    }

    fn of_checkout(root: &Path) -> Self {
        Self {
            binaries: root.join("target").join(PROFILE),
            site: client::site_of(root),
        }
    }
}

/// Where a binary is once it is built.
pub fn binary(name: &str) -> PathBuf {
    Programs::of_working_tree().binaries.join(name)
}

/// Builds what is not up to date. Cargo's own progress is visible on stderr.
pub async fn services() -> anyhow::Result<()> {
    build(&workspace::root(), "services", &[], &BINARIES).await
}

/// The same in company of a test: what tests depend on changes features of what services depend on, and nothing is to be
/// compiled twice.
pub async fn services_beside(test: &str) -> anyhow::Result<()> {
    let root = workspace::root();
    build(&root, "services", &["--test", test], &BINARIES).await
}

/// The same of another checkout, in its own target folder, like this program.
async fn services_of(root: &Path) -> anyhow::Result<()> {
    build(root, "services", PROFILE_OPTIONS, &BINARIES).await
}

/// Builds, optimised, these benchmarks and everything they start; this program too, since it starts the rest.
pub async fn optimised(benchmarks: &[String]) -> anyhow::Result<()> {
    let binaries: Vec<&str> = BINARIES.into_iter().chain(["preview"]).collect();
    let benchmarks = benchmarks.iter().flat_map(|name| ["--bench", name]);
    let options: Vec<&str> = ["--release"].into_iter().chain(benchmarks).collect();
    let root = workspace::root();
    build(&root, "optimised services", &options, &binaries).await
}

async fn build(root: &Path, what: &str, options: &[&str], binaries: &[&str]) -> anyhow::Result<()> {
    let step = Step::begin(what);
    let mut cargo = toolchain::cargo();
    // Every default member takes part in choosing features, so that tests find the same dependencies built.
    cargo
        .arg("build")
        .args(options)
        // Somebody's shared target folder would mix what checkouts build.
        .env_remove("CARGO_TARGET_DIR")
        .current_dir(root);
    for binary in binaries {
        cargo.args(["--bin", binary]);
    }
    let status = cargo
        .stdout(std::process::Stdio::null())
        .status()
        .await
        .context("cannot run cargo")?;
    ensure!(status.success(), "the services do not build ({status})");
    step.done("built");
    Ok(())
}

/// The files of a folder that has no folders in it.
pub(crate) fn copy_files(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        std::fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}
