use std::path::Path;

use tokio::process::Command;

use super::packages;

const PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
const CARGO: &str = "/usr/bin/cargo";

/// The newest `wasm-ld-NN`, if Debian's compiler is there too.
pub(super) fn linker() -> Option<String> {
    let source = std::fs::read_dir("/usr/lib/rustlib/src")
        .or_else(|_| std::fs::read_dir("/usr/src"))
        .ok()?;
    let has_source = source
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with("rust"));
    if !Path::new(CARGO).is_file() || !has_source {
        return None;
    }
    let programs = std::fs::read_dir("/usr/bin").ok()?.flatten();
    newest(
        programs.filter_map(|entry| entry.file_name().into_string().ok()),
        "wasm-ld-",
    )
}

pub(super) async fn install() -> anyhow::Result<()> {
    packages::refresh().await?;
    let lld = newest(
        packages::matching("^lld-[0-9]+$").await?.into_iter(),
        "lld-",
    );
    let lld = lld.ok_or_else(|| anyhow::anyhow!("Debian offers no lld"))?;
    let names: Vec<&str> = PACKAGES.into_iter().chain([lld.as_str()]).collect();
    packages::install(
        &names,
        "the browser's half of the frontend is WebAssembly, and rustup cannot install its target",
    )
    .await
}

/// Builds the target's standard library along; the variables of another toolchain would mislead it.
pub(super) fn cargo(linker: &str, target: &str) -> Command {
    let mut command = Command::new(CARGO);
    command
        .args(["build", "--target", target, "-Zbuild-std=std,panic_abort"])
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
        .env("PATH", "/usr/bin:/bin");
    let foreign = std::env::vars_os().map(|(name, _)| name).filter(|name| {
        let name = name.to_string_lossy();
        name.starts_with("RUSTUP_")
            || ["CARGO", "RUSTC", "RUSTFLAGS", "RUSTC_WRAPPER"].contains(&name.as_ref())
    });
    for name in foreign {
        command.env_remove(name);
    }
    command
}

fn newest(names: impl Iterator<Item = String>, prefix: &str) -> Option<String> {
    names
        .filter_map(|name| {
            let version: u32 = name.strip_prefix(prefix)?.parse().ok()?;
            Some((version, name))
        })
        .max()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::newest;

    #[test]
    fn versions_are_compared_as_numbers() {
        let names = ["wasm-ld-9", "wasm-ld-22", "wasm-ld", "wasm-ld-19"].map(str::to_owned);
        assert_eq!(
            newest(names.into_iter(), "wasm-ld-").as_deref(),
            Some("wasm-ld-22")
        );
    }
}
