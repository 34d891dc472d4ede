//! Reading and writing what is stored as bytes: numbers of variable length, and columns of numbers.

use pco::data_types::Number;
use pco::standalone::{simple_compress, simple_decompress_into};
use pco::{ChunkConfig, DEFAULT_COMPRESSION_LEVEL};

const PACKED: u8 = 0;
const CONSTANT: u8 = 1;

/// Stored bytes are not what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stored bytes cannot be read: {0}")]
pub(crate) struct Unreadable(pub(crate) &'static str);

impl From<Unreadable> for sqlx::Error {
    fn from(error: Unreadable) -> Self {
        Self::Decode(Box::new(error))
    }
}

/// A number a column can hold, with its eight bytes.
pub(crate) trait Cell: Number + PartialEq {
    fn bits(self) -> u64;
    fn of_bits(bits: u64) -> Self;
}

impl Cell for u64 {
    fn bits(self) -> u64 {
        self
    }

    fn of_bits(bits: u64) -> Self {
        bits
    }
}

impl Cell for f64 {
    fn bits(self) -> u64 {
        self.to_bits()
    }

    fn of_bits(bits: u64) -> Self {
        Self::from_bits(bits)
    }
}

/// Seven bits a byte, the low ones first.
pub(crate) fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).unwrap_or_default() | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap_or_default());
}

/// Small in size where small in amount, whatever the sign.
pub(crate) fn put_signed(bytes: &mut Vec<u8>, number: i64) {
    put_number(bytes, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

/// A column of numbers; its length is not written.
pub(crate) fn put_column<T: Cell>(bytes: &mut Vec<u8>, column: &[T]) {
    let same = |first: &T| column.iter().all(|cell| cell.bits() == first.bits());
    if column.first().is_none_or(same) {
        bytes.push(CONSTANT);
        put_number(
            bytes,
            column.first().map_or(0, |cell| cell.bits().swap_bytes()),
        );
        return;
    }
    let config = ChunkConfig::default().with_compression_level(DEFAULT_COMPRESSION_LEVEL);
    let packed = simple_compress(column, &config).expect("the default configuration is valid");
    bytes.push(PACKED);
    put_number(bytes, u64::try_from(packed.len()).unwrap_or(u64::MAX));
    bytes.extend_from_slice(&packed);
}

/// What is left to read.
#[derive(Debug)]
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl Reader<'_> {
    pub(crate) fn byte(&mut self) -> Result<u8, Unreadable> {
        let (&first, rest) = self.0.split_first().ok_or(Unreadable("too short"))?;
        self.0 = rest;
        Ok(first)
    }

    pub(crate) fn number(&mut self) -> Result<u64, Unreadable> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Unreadable("a number is too long"))
    }

    pub(crate) fn signed(&mut self) -> Result<i64, Unreadable> {
        let folded = self.number()?;
        Ok((folded >> 1).cast_signed() ^ -(folded & 1).cast_signed())
    }

    /// A count, at most `most`: what is allocated for it is bounded by the reader.
    pub(crate) fn count(&mut self, most: usize) -> Result<usize, Unreadable> {
        let count = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        (count <= most)
            .then_some(count)
            .ok_or(Unreadable("a count is too large"))
    }

    /// A column of exactly `count` numbers.
    pub(crate) fn column<T: Cell>(&mut self, count: usize) -> Result<Vec<T>, Unreadable> {
        if self.byte()? == CONSTANT {
            return Ok(vec![T::of_bits(self.number()?.swap_bytes()); count]);
        }
        let length = self.count(self.0.len())?;
        let packed = self.0.get(..length).ok_or(Unreadable("too short"))?;
        self.0 = &self.0[length..];
        let mut column = vec![T::of_bits(0); count];
        let progress = simple_decompress_into(packed, &mut column)
            .map_err(|_| Unreadable("a column is damaged"))?;
        if progress.n_processed == count && progress.finished {
            Ok(column)
        } else {
            Err(Unreadable("a column has another length"))
        }
    }
}
