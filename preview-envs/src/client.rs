//! The browser's half of the frontend: compiled to WebAssembly, bound to JavaScript, named by content, compressed.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};
use wasm_bindgen_cli_support::Bindgen;

use crate::progress::Step;
use crate::{toolchain, workspace};

mod files;

const NAME: &str = "overseer";

/// `manifest.json` in the site's folder: what a page loads. The frontend reads it.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    js: String,
    wasm: String,
    /// Digest of what the compiler made, to know when nothing is to be done.
    source: String,
}

/// The folder that the frontend serves.
pub fn site() -> PathBuf {
    site_of(&workspace::root())
}

/// The same of another checkout.
pub(crate) fn site_of(root: &Path) -> PathBuf {
    root.join("target").join("site")
}

/// Builds what is not up to date. Cargo's own progress is visible on stderr.
pub async fn build() -> anyhow::Result<()> {
    build_of(&workspace::root()).await
}

/// The same of another checkout.
pub(crate) async fn build_of(root: &Path) -> anyhow::Result<()> {
    let step = Step::begin("browser");
    let wasm = toolchain::find_or_install_wasm().await?;
    let module = compile(root, &wasm).await?;
    let source = files::digest(&std::fs::read(&module)?);
    let site = site_of(root);
    if is_current(&site, &source) {
        step.done("up to date");
        return Ok(());
    }
    let bytes = tokio::task::spawn_blocking(move || publish(&module, &site, source)).await??;
    step.done(format!("built, {} KB to load", bytes / 1_000));
    Ok(())
}

async fn compile(root: &Path, wasm: &toolchain::Wasm) -> anyhow::Result<PathBuf> {
    // A folder of its own, so that features of the server's half and the browser's half never meet.
    let target = root.join("target").join("wasm");
    let mut cargo = toolchain::wasm_cargo(wasm);
    cargo
        .args([
            "--package",
            "frontend-client",
            "--lib",
            "--profile",
            "wasm",
            "--target-dir",
        ])
        .arg(&target)
        .current_dir(root)
        .stdout(Stdio::null());
    let status = cargo.status().await.context("cannot run cargo")?;
    ensure!(
        status.success(),
        "the browser's half does not build ({status})"
    );
    Ok(target
        .join("wasm32-unknown-unknown")
        .join("wasm")
        .join("frontend_client.wasm"))
}

fn is_current(site: &Path, source: &str) -> bool {
    let manifest = std::fs::read(site.join("manifest.json")).unwrap_or_default();
    let manifest = serde_json::from_slice::<Manifest>(&manifest);
    manifest.is_ok_and(|manifest| manifest.source == source && site.join(manifest.wasm).is_file())
}

/// Makes the site's folder anew: a stale file in it would be served. Returns the bytes a browser loads.
fn publish(module: &Path, site: &Path, source: String) -> anyhow::Result<usize> {
    let fresh = site.with_extension("new");
    files::wipe(&fresh)?;
    Bindgen::new()
        .input_path(module)
        .out_name(NAME)
        .web(true)?
        .typescript(false)
        // Functions' names are most of the file, and nobody reads them in a browser.
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(&fresh)
        .context("wasm-bindgen cannot read what the compiler made")?;
    ensure!(
        !fresh.join("snippets").exists(),
        "a dependency brings JavaScript of its own, which is not served"
    );

    let plain_wasm = format!("{NAME}_bg.wasm");
    let wasm = files::name_by_content(&fresh, &plain_wasm)?;
    let script = fresh.join(format!("{NAME}.js"));
    let text = std::fs::read_to_string(&script)?.replace(&plain_wasm, &wasm);
    std::fs::write(&script, text)?;
    let js = files::name_by_content(&fresh, &format!("{NAME}.js"))?;
    let bytes = files::compress(&fresh.join(&wasm))? + files::compress(&fresh.join(&js))?;
    let manifest = Manifest { js, wasm, source };
    std::fs::write(
        fresh.join("manifest.json"),
        serde_json::to_vec_pretty(&manifest)?,
    )?;
    files::wipe(site)?;
    std::fs::remove_dir(site)?;
    std::fs::rename(fresh, site)?;
    Ok(bytes)
}
