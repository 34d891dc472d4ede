//! What waits to be pushed: on disk, within a bound, in order.
//!
//! Every batch goes through here, so a crash loses at most what was measured since the last push. The oldest is dropped
//! when there is no room, and counted. What was pushed is remembered by a cursor; a crash between a push and the cursor
//! repeats that push under the same key, which ingress takes once.

mod cursor;
mod record;
mod segment;

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::log;
use cursor::Cursor;
pub(crate) use record::Entry;
use segment::Segment;

/// Segments are this large, or an eighth of the bound.
const SEGMENT_BYTES: u64 = 1 << 20;

/// A queue with one writer and one reader.
#[derive(Debug)]
pub(crate) struct Buffer {
    inner: Mutex<Inner>,
    changed: Condvar,
}

/// How much waits, and what was lost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) bytes: u64,
    /// Samples dropped for want of room, since the start.
    pub(crate) dropped: u64,
}

/// Where an entry stood: told back once it was pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    at: Cursor,
    next: u64,
}

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    limit: u64,
    /// The oldest first; the last one is written to.
    segments: VecDeque<Segment>,
    cursor: Cursor,
    dropped: u64,
    closed: bool,
}

impl Buffer {
    /// Opens what an earlier run left; a record that was torn by a crash is cut off.
    pub(crate) fn open(folder: &Path, limit: u64) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut segments = segment::all(folder)?;
        let mut cursor = Cursor::read(folder).unwrap_or_default();
        if let Some(last) = segments.back_mut() {
            last.mend()?;
            if last.number == cursor.segment {
                // After a power failure the cursor may be younger than what it points at.
                cursor.offset = cursor.offset.min(last.bytes);
            }
        }
        let mut inner = Inner {
            folder: folder.to_owned(),
            limit,
            segments,
            cursor,
            dropped: 0,
            closed: false,
        };
        inner.forget_pushed()?;
        Ok(Self {
            inner: Mutex::new(inner),
            changed: Condvar::new(),
        })
    }

    /// Keeps an entry; the oldest ones make room.
    pub(crate) fn append(&self, entry: &Entry) -> io::Result<()> {
        let mut inner = self.lock();
        let samples = entry.samples;
        let outcome = inner.append(entry);
        if outcome.is_err() {
            inner.dropped += u64::from(samples);
        }
        drop(inner);
        self.changed.notify_all();
        outcome
    }

    /// The oldest entry; waits for one. `None` once the buffer is closed and empty.
    pub(crate) fn next(&self) -> io::Result<Option<(Position, Entry)>> {
        let mut inner = self.lock();
        loop {
            if let Some(found) = inner.first()? {
                return Ok(Some(found));
            }
            if inner.closed {
                return Ok(None);
            }
            inner = self
                .changed
                .wait(inner)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// An entry is over: it was pushed, or will never be.
    pub(crate) fn done(&self, position: Position) -> io::Result<()> {
        self.lock().done(position)
    }

    /// Nothing more will be appended.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    pub(crate) fn state(&self) -> State {
        let inner = self.lock();
        let bytes: u64 = inner.segments.iter().map(|segment| segment.bytes).sum();
        let read = inner
            .segments
            .front()
            .map_or(0, |oldest| inner.offset_in(oldest));
        State {
            bytes: bytes.saturating_sub(read),
            dropped: inner.dropped,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn append(&mut self, entry: &Entry) -> io::Result<()> {
        let record = record::encode(entry);
        let room = SEGMENT_BYTES.min(self.limit / 8);
        if self.segments.back().is_none_or(|last| last.bytes >= room) {
            let number = self
                .segments
                .back()
                .map_or(self.cursor.segment, |last| last.number)
                + 1;
            self.segments
                .push_back(Segment::create(&self.folder, number)?);
        }
        self.drop_oldest(record.len() as u64)?;
        match self.segments.back_mut() {
            Some(last) => last.append(&record),
            None => Ok(()),
        }
    }

    /// Makes room, but never in the segment that is written to.
    fn drop_oldest(&mut self, wanted: u64) -> io::Result<()> {
        let bytes = |inner: &Self| inner.segments.iter().map(|it| it.bytes).sum::<u64>();
        while self.segments.len() > 1 && bytes(self) + wanted > self.limit {
            let Some(oldest) = self.segments.pop_front() else {
                break;
            };
            let from = self.offset_in(&oldest);
            let lost = oldest.samples_from(from);
            log::warn(&format!(
                "there is no room for more: {lost} samples of the oldest are dropped"
            ));
            self.dropped += lost;
            oldest.remove()?;
        }
        Ok(())
    }

    fn first(&mut self) -> io::Result<Option<(Position, Entry)>> {
        while let Some(oldest) = self.segments.front() {
            let offset = self.offset_in(oldest);
            if let Some((entry, next)) = oldest.read(offset)? {
                let segment = oldest.number;
                let position = Position {
                    at: Cursor { segment, offset },
                    next,
                };
                return Ok(Some((position, entry)));
            }
            if self.segments.len() == 1 {
                return Ok(None);
            }
            if offset < oldest.bytes {
                log::warn(&format!(
                    "{} is damaged; its rest is left out",
                    oldest.path().display()
                ));
            }
            if let Some(over) = self.segments.pop_front() {
                over.remove()?;
            }
        }
        Ok(None)
    }

    fn done(&mut self, position: Position) -> io::Result<()> {
        let is_there = |segment: &Segment| segment.number == position.at.segment;
        if !self.segments.front().is_some_and(is_there) {
            // It was dropped for want of room while it was pushed.
            return Ok(());
        }
        self.cursor = Cursor {
            segment: position.at.segment,
            offset: position.next,
        };
        self.cursor.write(&self.folder)
    }

    fn forget_pushed(&mut self) -> io::Result<()> {
        while self
            .segments
            .front()
            .is_some_and(|it| it.number < self.cursor.segment)
        {
            if let Some(old) = self.segments.pop_front() {
                old.remove()?;
            }
        }
        Ok(())
    }

    /// What was read of a segment.
    fn offset_in(&self, segment: &Segment) -> u64 {
        if segment.number == self.cursor.segment {
            self.cursor.offset
        } else {
            0
        }
    }
}

#[cfg(test)]
mod tests;
