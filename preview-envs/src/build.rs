//! The binaries of the services, built from the working tree.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};

use crate::progress::Step;
use crate::{toolchain, workspace};

/// The binaries of the services and of the agent.
const BINARIES: [&str; 6] = [
    "ingress",
    "store",
    "processor",
    "prober",
    "frontend",
    "overseer-agent",
];

/// The profile of this program: it starts what was built like itself.
const PROFILE: &str = if cfg!(debug_assertions) {
    "debug"
} else {
    "release"
};

/// Where a binary is once it is built.
pub fn binary(name: &str) -> PathBuf {
    workspace::root().join("target").join(PROFILE).join(name)
}

/// Builds what is not up to date. Cargo's own progress is visible on stderr.
pub async fn services() -> anyhow::Result<()> {
    build("services", &[], &BINARIES).await
}

/// Builds, optimised, everything a benchmark starts; this program too, since it starts the rest.
pub async fn optimised() -> anyhow::Result<()> {
    let binaries: Vec<&str> = BINARIES.into_iter().chain(["preview"]).collect();
    build("optimised services", &["--release"], &binaries).await
}

async fn build(what: &str, options: &[&str], binaries: &[&str]) -> anyhow::Result<()> {
    let step = Step::begin(what);
    let mut cargo = toolchain::cargo();
    // Every default member takes part in choosing features, so that tests find the same dependencies built.
    cargo.arg("build").args(options);
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
