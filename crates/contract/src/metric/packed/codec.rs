//! The bytes of a packed batch.
//!
//! Numbers are varints, as protobuf has them. After the version come the instant of arrival, the lengths of all texts and
//! then the texts, and the series: name, unit (0 for none, else one more than its text), kind, labels, and points, whose
//! instants are told as the difference to the one before.

use super::writer::index;
use super::{Head, Packed, Point};
use crate::metric::Kind;

/// Of this layout.
const VERSION: u8 = 1;

/// Why bytes are no packed batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("a packed batch of an unknown version")]
    Version,
    #[error("the packed batch is damaged")]
    Damaged,
}

pub(super) fn encode(packed: &Packed) -> Vec<u8> {
    let rough = 32 + packed.text.len() + packed.ends.len() + 8 * packed.heads.len();
    let mut bytes = Vec::with_capacity(rough + 4 * packed.labels.len() + 12 * packed.points.len());
    bytes.push(VERSION);
    signed(&mut bytes, packed.received_ms);
    count(&mut bytes, packed.ends.len());
    let mut from = 0;
    for end in &packed.ends {
        varint(&mut bytes, u64::from(end - from));
        from = *end;
    }
    bytes.extend_from_slice(packed.text.as_bytes());
    count(&mut bytes, packed.heads.len());
    let mut before_ms = packed.received_ms;
    for series in packed.series() {
        let Head {
            name, unit, kind, ..
        } = *series.head;
        varint(&mut bytes, name.into());
        varint(&mut bytes, unit.map_or(0, |unit| u64::from(unit) + 1));
        bytes.push(u8::from(kind == Kind::Counter));
        count(&mut bytes, series.labels.len());
        for (name, value) in series.labels {
            varint(&mut bytes, (*name).into());
            varint(&mut bytes, (*value).into());
        }
        count(&mut bytes, series.points.len());
        for (at_ms, value) in series.points {
            signed(&mut bytes, at_ms.wrapping_sub(before_ms));
            bytes.extend_from_slice(&value.to_le_bytes());
            before_ms = *at_ms;
        }
    }
    bytes
}

pub(super) fn decode(bytes: &[u8]) -> Result<Packed, Unreadable> {
    let mut reader = Reader(bytes);
    if reader.byte()? != VERSION {
        return Err(Unreadable::Version);
    }
    let mut packed = Packed {
        received_ms: reader.signed()?,
        ..Packed::default()
    };
    reader.texts(&mut packed)?;
    let series = reader.count()?;
    packed.heads.reserve(reader.at_most(series, 5));
    let mut before_ms = packed.received_ms;
    for _ in 0..series {
        reader.series(&mut packed, &mut before_ms)?;
    }
    if reader.0.is_empty() {
        Ok(packed)
    } else {
        Err(Unreadable::Damaged)
    }
}

/// What is left to be read.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn texts(&mut self, packed: &mut Packed) -> Result<(), Unreadable> {
        let texts = self.count()?;
        packed.ends.reserve(self.at_most(texts, 1));
        let mut end = 0_usize;
        for _ in 0..texts {
            end = end.checked_add(self.count()?).ok_or(Unreadable::Damaged)?;
            packed
                .ends
                .push(u32::try_from(end).map_err(|_| Unreadable::Damaged)?);
        }
        let bytes = self.take(end)?;
        let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::Damaged)?;
        let mut ends = packed.ends.iter();
        if !ends.all(|end| text.is_char_boundary(*end as usize)) {
            return Err(Unreadable::Damaged);
        }
        text.clone_into(&mut packed.text);
        Ok(())
    }

    fn series(&mut self, packed: &mut Packed, before_ms: &mut i64) -> Result<(), Unreadable> {
        let texts = packed.ends.len();
        let name = self.text(texts)?;
        let unit = match self.varint()?.checked_sub(1) {
            Some(unit) => Some(known(unit, texts)?),
            None => None,
        };
        let kind = match self.byte()? {
            0 => Kind::Gauge,
            1 => Kind::Counter,
            _ => return Err(Unreadable::Damaged),
        };
        for _ in 0..self.count()? {
            packed.labels.push((self.text(texts)?, self.text(texts)?));
        }
        let points = self.count()?;
        packed.points.reserve(self.at_most(points, 9));
        for _ in 0..points {
            packed.points.push(self.point(before_ms)?);
        }
        packed.heads.push(Head {
            name,
            unit,
            kind,
            labels_end: index(packed.labels.len()),
            points_end: index(packed.points.len()),
        });
        Ok(())
    }

    fn point(&mut self, before_ms: &mut i64) -> Result<Point, Unreadable> {
        *before_ms = before_ms.wrapping_add(self.signed()?);
        let (value, rest) = self.0.split_first_chunk().ok_or(Unreadable::Damaged)?;
        self.0 = rest;
        Ok((*before_ms, f64::from_le_bytes(*value)))
    }

    fn text(&mut self, texts: usize) -> Result<u32, Unreadable> {
        known(self.varint()?, texts)
    }

    /// A number of things, each of which takes at least so many bytes: no more of them can follow.
    fn at_most(&self, claimed: usize, bytes_each: usize) -> usize {
        claimed.min(self.0.len() / bytes_each)
    }

    fn count(&mut self) -> Result<usize, Unreadable> {
        usize::try_from(self.varint()?).map_err(|_| Unreadable::Damaged)
    }

    fn signed(&mut self) -> Result<i64, Unreadable> {
        let number = self.varint()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    fn varint(&mut self) -> Result<u64, Unreadable> {
        let mut number = 0;
        for (position, byte) in self.0.iter().take(10).enumerate() {
            number |= u64::from(byte & 0x7f) << (7 * position);
            if byte & 0x80 == 0 {
                self.0 = &self.0[position + 1..];
                return Ok(number);
            }
        }
        Err(Unreadable::Damaged)
    }

    fn byte(&mut self) -> Result<u8, Unreadable> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn take(&mut self, length: usize) -> Result<&[u8], Unreadable> {
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(Unreadable::Damaged)?;
        self.0 = rest;
        Ok(bytes)
    }
}

fn known(number: u64, texts: usize) -> Result<u32, Unreadable> {
    let number = u32::try_from(number).map_err(|_| Unreadable::Damaged)?;
    if (number as usize) < texts {
        Ok(number)
    } else {
        Err(Unreadable::Damaged)
    }
}

fn count(bytes: &mut Vec<u8>, count: usize) {
    varint(bytes, count as u64);
}

fn signed(bytes: &mut Vec<u8>, number: i64) {
    varint(bytes, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

fn varint(bytes: &mut Vec<u8>, mut number: u64) {
    let low = |number: u64| (number & 0x7f).to_le_bytes()[0];
    while number >= 0x80 {
        bytes.push(low(number) | 0x80);
        number >>= 7;
    }
    bytes.push(low(number));
}
