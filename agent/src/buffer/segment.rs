//! A file of records, only ever appended to.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::record::{self, Entry};

const EXTENSION: &str = "batches";

#[derive(Debug)]
pub(super) struct Segment {
    pub(super) number: u64,
    pub(super) bytes: u64,
    path: PathBuf,
}

/// The segments of a folder, the oldest first.
pub(super) fn all(folder: &Path) -> io::Result<VecDeque<Segment>> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        let number = path
            .file_stem()
            .and_then(|stem| stem.to_str()?.parse().ok());
        let (Some(number), true) = (number, path.extension().is_some_and(|it| it == EXTENSION))
        else {
            continue;
        };
        let bytes = fs::metadata(&path)?.len();
        found.push(Segment {
            number,
            bytes,
            path,
        });
    }
    found.sort_by_key(|segment| segment.number);
    Ok(found.into())
}

impl Segment {
    pub(super) fn create(folder: &Path, number: u64) -> io::Result<Self> {
        let path = folder.join(format!("{number:020}.{EXTENSION}"));
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)?;
        Ok(Self {
            number,
            bytes: 0,
            path,
        })
    }

    /// All of a record, or nothing of it: what a full disk left of one is cut off again.
    pub(super) fn append(&mut self, record: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).open(&self.path)?;
        if let Err(error) = file.write_all(record) {
            file.set_len(self.bytes)?;
            return Err(error);
        }
        self.bytes += record.len() as u64;
        Ok(())
    }

    /// The record at an offset, and where the next one begins. `None` at the end, or where it is damaged.
    pub(super) fn read(&self, offset: u64) -> io::Result<Option<(Entry, u64)>> {
        if offset >= self.bytes {
            return Ok(None);
        }
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = vec![0; record::HEAD];
        if file.read_exact(&mut bytes).is_err() {
            return Ok(None);
        }
        if let Some(body) = record::body_length(&bytes) {
            file.take(body as u64).read_to_end(&mut bytes)?;
        }
        Ok(record::decode(&bytes).map(|(entry, length)| (entry, offset + length as u64)))
    }

    /// Cuts off what a crash left unfinished.
    pub(super) fn mend(&mut self) -> io::Result<()> {
        let bytes = self.rest(0)?;
        let whole = records(&bytes).map(|(_, length)| length as u64).sum();
        if whole < self.bytes {
            OpenOptions::new()
                .write(true)
                .open(&self.path)?
                .set_len(whole)?;
            self.bytes = whole;
        }
        Ok(())
    }

    /// How many samples stand from an offset on, as far as they can be read.
    pub(super) fn samples_from(&self, offset: u64) -> u64 {
        let rest = self.rest(offset).unwrap_or_default();
        records(&rest)
            .map(|(entry, _)| u64::from(entry.samples))
            .sum()
    }

    pub(super) fn remove(self) -> io::Result<()> {
        fs::remove_file(self.path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn rest(&self, offset: u64) -> io::Result<Vec<u8>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut rest = Vec::new();
        file.read_to_end(&mut rest)?;
        Ok(rest)
    }
}

fn records(mut bytes: &[u8]) -> impl Iterator<Item = (Entry, usize)> {
    std::iter::from_fn(move || {
        let (entry, length) = record::decode(bytes)?;
        bytes = &bytes[length..];
        Some((entry, length))
    })
}
