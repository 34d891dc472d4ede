//! Where things are.

use std::fs::File;
use std::path::{Path, PathBuf};

/// The checkout this program was built from.
pub fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

/// The one folder, ignored by git, that holds all state.
pub fn state() -> PathBuf {
    root().join(".overseer")
}

/// What was installed for this checkout alone.
pub fn tools() -> PathBuf {
    state().join("tools")
}

/// Holds off everybody else who would install the same tool, for as long as the file is kept.
pub(crate) async fn lock_tool(name: &str) -> anyhow::Result<File> {
    std::fs::create_dir_all(tools())?;
    let lock = File::create(tools().join(format!("{name}.lock")))?;
    Ok(tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await??)
}

/// This program as it runs, also when a build has replaced its file meanwhile.
pub fn this_program() -> std::io::Result<PathBuf> {
    let running = Path::new("/proc/self/exe");
    if running.is_symlink() {
        return Ok(running.to_owned());
    }
    std::env::current_exe()
}

/// The first file of this name on PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}
