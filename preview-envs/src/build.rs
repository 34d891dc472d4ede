//! The programs of the services: built from the working tree, or from any commit.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde::Deserialize;

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
    let root = workspace::root();
    build(&root, "services", &[], &BINARIES).await.map(drop)
}

/// The same in company of a test: what tests depend on changes features of what services depend on, and nothing is to be
/// compiled twice.
pub async fn services_beside(test: &str) -> anyhow::Result<()> {
    let root = workspace::root();
    let options = ["--test", test];
    build(&root, "services", &options, &BINARIES)
        .await
        .map(drop)
}

/// The same of another checkout, in its own target folder, like this program.
async fn services_of(root: &Path) -> anyhow::Result<()> {
    build(root, "services", PROFILE_OPTIONS, &BINARIES)
        .await
        .map(drop)
}

/// Builds, optimised, these benchmarks and everything they start; this program too, since it starts the rest. Returns the
/// benchmarks' programs by name: asked for by themselves, cargo would build all of it another way.
pub async fn optimised(benchmarks: &[String]) -> anyhow::Result<BTreeMap<String, PathBuf>> {
    let binaries: Vec<&str> = BINARIES.into_iter().chain(["preview"]).collect();
    let benchmarks = benchmarks.iter().flat_map(|name| ["--bench", name]);
    let options: Vec<&str> = ["--release"].into_iter().chain(benchmarks).collect();
    let root = workspace::root();
    let built = build(&root, "optimised services", &options, &binaries).await?;
    let benchmarks = built
        .into_iter()
        .filter(|built| built.target.is_benchmark());
    let programs = benchmarks.filter_map(|built| Some((built.target.name, built.executable?)));
    Ok(programs.collect())
}

/// What cargo says of something that it built.
#[derive(Debug, Deserialize)]
struct Artifact {
    target: Target,
    /// Absent for libraries.
    executable: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Target {
    fn is_benchmark(&self) -> bool {
        self.kind.iter().any(|kind| kind == "bench")
    }
}

async fn build(
    root: &Path,
    what: &str,
    options: &[&str],
    binaries: &[&str],
) -> anyhow::Result<Vec<Artifact>> {
    let step = Step::begin(what);
    let mut cargo = toolchain::cargo();
    // Every default member takes part in choosing features, so that tests find the same dependencies built.
    cargo
        .args(["build", "--message-format", "json-render-diagnostics"])
        .args(options)
        // Somebody's shared target folder would mix what checkouts build.
        .env_remove("CARGO_TARGET_DIR")
        .current_dir(root);
    for binary in binaries {
        cargo.args(["--bin", binary]);
    }
    let output = toolchain::hear(&mut cargo).await;
    let output = output.context("cannot run cargo")?;
    let status = output.status;
    ensure!(status.success(), "the services do not build ({status})");
    step.done("built");
    let messages = output.stdout.split(|byte| *byte == b'\n');
    // Cargo tells of more than what it built.
    Ok(messages
        .filter_map(|message| serde_json::from_slice(message).ok())
        .collect())
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
