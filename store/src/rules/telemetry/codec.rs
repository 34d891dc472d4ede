//! A piece as bytes: version byte, length, then MessagePack compressed by zstd with a dictionary of the words that all have.

use std::sync::LazyLock;

use contract::telemetry::Group;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use crate::rules::bytes::Unreadable;

const VERSION: u8 = 1;
const LEVEL: i32 = 3;
/// A message is never larger.
const MOST: usize = 1 << 20;
/// Never to be changed: what is stored needs it. Another one is another version.
static WORDS: &[u8] = include_bytes!("dictionary-1.txt");
static ENCODER: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(WORDS, LEVEL));
static DECODER: LazyLock<DecoderDictionary<'static>> =
    LazyLock::new(|| DecoderDictionary::copy(WORDS));

/// Writes pieces, one after the other.
pub(crate) struct Encoder(Compressor<'static>);

/// Reads them again.
pub(crate) struct Decoder(Decompressor<'static>);

impl Encoder {
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self(Compressor::with_prepared_dictionary(&ENCODER)?))
    }

    pub(crate) fn encode(&mut self, groups: &[Group]) -> Result<Vec<u8>, Unreadable> {
        let plain = rmp_serde::to_vec_named(groups).map_err(|_| Unreadable("cannot be written"))?;
        if plain.len() > MOST {
            return Err(Unreadable("a piece is too large"));
        }
        let packed = self
            .0
            .compress(&plain)
            .map_err(|_| Unreadable("cannot be compressed"))?;
        let length = u32::try_from(plain.len()).unwrap_or(u32::MAX);
        Ok([&[VERSION], &length.to_be_bytes()[..], &packed].concat())
    }
}

impl Decoder {
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self(Decompressor::with_prepared_dictionary(&DECODER)?))
    }

    pub(crate) fn decode(&mut self, bytes: &[u8]) -> Result<Vec<Group>, Unreadable> {
        let (head, packed) = bytes
            .split_first_chunk::<5>()
            .ok_or(Unreadable("a piece has no head"))?;
        let [version, length @ ..] = *head;
        if version != VERSION {
            return Err(Unreadable("unknown version of a piece"));
        }
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if length > MOST {
            return Err(Unreadable("a piece is too large"));
        }
        let plain = self
            .0
            .decompress(packed, length)
            .map_err(|_| Unreadable("a piece does not inflate"))?;
        rmp_serde::from_slice(&plain).map_err(|_| Unreadable("a piece cannot be read"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::telemetry::piece::tests::{group, span};

    #[test]
    fn what_is_written_is_read_and_small() {
        let spans = (0..8).map(|n| span(1, n, "publish overseer.v1.metrics.accepted"));
        let groups = vec![group("ingress", spans.collect())];
        let bytes = Encoder::new()
            .expect("made")
            .encode(&groups)
            .expect("written");
        let read = Decoder::new().expect("made").decode(&bytes).expect("read");
        assert_eq!(read, groups);
        assert!(bytes.len() < 8 * 100, "{} bytes", bytes.len());
    }

    #[test]
    fn nonsense_is_refused_without_much_memory() {
        let mut decoder = Decoder::new().expect("made");
        for bytes in [
            &[][..],
            &[1, 0, 0, 0],
            &[2, 0, 0, 0, 1, 9],
            &[1, 255, 255, 255, 255, 9],
            &[1, 0, 0, 0, 9, 1, 2, 3],
        ] {
            assert!(decoder.decode(bytes).is_err(), "{bytes:?}");
        }
    }
}
