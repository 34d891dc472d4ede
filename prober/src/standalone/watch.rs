//! Noticing that a file has changed, on every file system and through every way of replacing it.

use std::path::Path;
use std::time::{Duration, SystemTime};

const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What tells two versions of a file apart without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp(Option<(SystemTime, u64)>);

impl Stamp {
    pub(super) fn of(path: &Path) -> Self {
        let stamp = std::fs::metadata(path).and_then(|meta| Ok((meta.modified()?, meta.len())));
        Self(stamp.ok())
    }

    /// Returns when the file is another one and there to be read.
    pub(super) async fn change(self, path: &Path) -> Self {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let now = Self::of(path);
            if now != self && now.0.is_some() {
                return now;
            }
        }
    }
}
