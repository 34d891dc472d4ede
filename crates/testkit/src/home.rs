//! Folders that tests keep their servers in, below `target/testkit`.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use nix::sys::signal::kill;
use nix::unistd::Pid;
use preview_envs::server::postgres;

/// What outlives a test: templates and locks.
pub(crate) fn root() -> PathBuf {
    preview_envs::workspace::root().join("target/testkit")
}

/// A folder of one test. It is removed when dropped; what a killed test left is removed by the next one.
#[derive(Debug)]
pub(crate) struct Home(PathBuf);

impl Home {
    pub(crate) fn new(purpose: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let homes = root().join("run");
        remove_abandoned(&homes);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = homes.join(format!("{}-{purpose}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("the target folder can be written");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let removed = postgres::remove(&self.0);
        if !std::thread::panicking() {
            removed.expect("the folder of a server that has ended can be removed");
        }
    }
}

/// Removes the folders of processes that are no more.
fn remove_abandoned(homes: &Path) {
    for entry in std::fs::read_dir(homes).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner = name
            .to_str()
            .and_then(|name| name.split('-').next()?.parse().ok());
        if owner.is_some_and(|pid| kill(Pid::from_raw(pid), None).is_err()) {
            // Another test may be removing it at the same time.
            postgres::remove(&entry.path()).ok();
        }
    }
}
