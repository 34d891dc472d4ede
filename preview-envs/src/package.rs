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

/// Fills a folder with `bin/`, `site/`, `ca-certificates.crt` and `sbom.json`.
pub async fn fill(folder: &Path, optimised: bool) -> anyhow::Result<()> {
    let programs = folder.join("bin");
    std::fs::create_dir_all(&programs)?;
    let built = build_statically(optimised).await?;
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
async fn build_statically(optimised: bool) -> anyhow::Result<PathBuf> {
    let step = Step::begin("static programs");
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let (profile, built) = if optimised {
        ("release", "release")
    } else {
        ("dev", "debug")
    };
    let mut cargo = toolchain::cargo();
    cargo
        .args(["build", "--target", &target, "--profile", profile])
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
    let folder = workspace::root().join("target").join(target);
    Ok(folder.join(built))
}
