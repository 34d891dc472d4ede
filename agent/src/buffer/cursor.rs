//! How far was pushed.

use std::fs;
use std::io;
use std::path::Path;

const FILE: &str = "cursor";

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) segment: u64,
    pub(super) offset: u64,
}

impl Cursor {
    /// `None` when there is none, or when it cannot be read: then all that is kept is pushed again, which changes nothing.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let text = fs::read_to_string(folder.join(FILE)).ok()?;
        let (segment, offset) = text.trim().split_once(' ')?;
        Some(Self {
            segment: segment.parse().ok()?,
            offset: offset.parse().ok()?,
        })
    }

    pub(super) fn write(self, folder: &Path) -> io::Result<()> {
        let fresh = folder.join("cursor.new");
        fs::write(&fresh, format!("{} {}\n", self.segment, self.offset))?;
        fs::rename(fresh, folder.join(FILE))
    }
}
