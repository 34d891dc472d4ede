//! What images are made of: static programs, the browser's half, certificates to trust and a bill of materials.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

use crate::progress::Step;
use crate::{build, client, toolchain, workspace};

mod materials;

/// The authorities that the machine which packages trusts: webhooks and checks over TLS need some.
const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Names of functions stay for the backtrace of a panic.
const FLAGS: &str = "-C target-feature=+crt-static -C strip=debuginfo --cfg erase_components";

/// Fills a folder with `bin/`, `site/`, `ca-certificates.crt` and `sbom.json`. Programs are built as this one was: optimised
/// unless it is not.
pub async fn fill(folder: &Path) -> anyhow::Result<()> {
    let programs = folder.join("bin");
    std::fs::create_dir_all(&programs)?;
    let built = build_statically().await?;
    for binary in build::BINARIES {
        std::fs::copy(built.join(binary), programs.join(binary))?;
    }
    client::build().await?;
    build::copy_files(&client::site(), &folder.join("site"))?;
    std::fs::copy(CERTIFICATES, folder.join("ca-certificates.crt"))
        .with_context(|| format!("{CERTIFICATES} cannot be copied: install ca-certificates"))?;
    let materials = materials::list().await?;
    let text = serde_json::to_vec_pretty(&materials)?;
    Ok(std::fs::write(folder.join("sbom.json"), text)?)
}

/// A static program of glibc's is only linked for a target that is named, which has a folder of its own.
async fn build_statically() -> anyhow::Result<PathBuf> {
    let step = Step::begin("static programs");
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let mut cargo = toolchain::cargo();
    cargo
        .args(["build", "--target", &target])
        .args(build::PROFILE_OPTIONS)
        .env("RUSTFLAGS", FLAGS)
        .env_remove("CARGO_TARGET_DIR");
    for binary in build::BINARIES {
        cargo.args(["--bin", binary]);
    }
    let status = cargo
        .stdout(std::process::Stdio::null())
        .status()
        .await
        .context("cannot run cargo")?;
    ensure!(status.success(), "the programs do not build ({status})");
    step.done("built");
    let built = workspace::root().join("target").join(target);
    Ok(built.join(build::PROFILE))
}
