//! What a build needs: cargo, and a compiler that can make WebAssembly.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Output, Stdio};

use anyhow::{Context as _, bail};
use nix::unistd::Uid;
use tokio::process::Command;

use crate::{progress, workspace};

pub mod archive;
mod debian;
pub mod packages;
pub mod peers;
pub mod python;

const TARGET: &str = "wasm32-unknown-unknown";

/// A compiler that can make WebAssembly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wasm {
    /// The usual one, with the target's standard library installed.
    Usual,
    /// Debian's, which builds the standard library itself and links with this program.
    Debian { linker: String },
}

/// A call of cargo, as if from a shell at the root of the workspace.
///
/// A program that `cargo run` has started inherits what cargo says of its package. Build scripts look at the same variables and
/// would run again, and much of what is built with them, at every change between a shell and `cargo preview`.
pub fn cargo() -> Command {
    let mut command = Command::new(workspace::on_path("cargo").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_of_package(name)) {
        command.env_remove(name);
    }
    command.current_dir(workspace::root());
    command
}

/// Runs a command to its end. What it says is returned; its progress and complaints are seen, which `output` would keep.
pub(crate) async fn hear(command: &mut Command) -> std::io::Result<Output> {
    let running = command.stdout(Stdio::piped()).spawn()?;
    running.wait_with_output().await
}

fn is_of_package(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
        "CARGO_PRIMARY_",
    ]
    .iter()
    .any(|prefix| name.starts_with(prefix))
}

/// What this machine has, without changing it.
pub async fn find_wasm() -> Option<Wasm> {
    if has_target().await {
        return Some(Wasm::Usual);
    }
    debian::linker().map(|linker| Wasm::Debian { linker })
}

/// What this machine has; installed first where there is none.
pub async fn find_or_install_wasm() -> anyhow::Result<Wasm> {
    if let Some(found) = find_wasm().await {
        return Ok(found);
    }
    if let Some(rustup) = workspace::on_path("rustup") {
        progress::say(format!(
            "installing the compiler's target {TARGET} with rustup: the browser's half needs it"
        ));
        let status = Command::new(rustup)
            .args(["target", "add", TARGET])
            .current_dir(workspace::root())
            .stdout(Stdio::null())
            .status()
            .await?;
        if status.success() && has_target().await {
            return Ok(Wasm::Usual);
        }
        progress::say(
            "rustup could not; trying Debian's compiler, which builds the target's library from source",
        );
    }
    if !Uid::effective().is_root() {
        bail!("the compiler's target {TARGET} is needed: rustup target add {TARGET}");
    }
    debian::install()
        .await
        .with_context(|| format!("the compiler's target {TARGET} cannot be installed"))?;
    find_wasm()
        .await
        .context("Debian's compiler was installed and is not complete")
}

/// The command that builds for the browser.
pub fn wasm_cargo(wasm: &Wasm) -> Command {
    match wasm {
        Wasm::Usual => {
            let mut command = cargo();
            command.args(["build", "--target", TARGET]);
            command
        }
        Wasm::Debian { linker } => debian::cargo(linker, TARGET),
    }
}

async fn has_target() -> bool {
    let rustc = workspace::on_path("rustc").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(rustc);
    command
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(workspace::root());
    let Ok(output) = command.output().await else {
        return false;
    };
    holds_std(Path::new(String::from_utf8_lossy(&output.stdout).trim()))
}

fn holds_std(folder: &Path) -> bool {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files
        .map(|file| file.file_name())
        .any(|name| name.to_string_lossy().starts_with("libstd-"))
}
