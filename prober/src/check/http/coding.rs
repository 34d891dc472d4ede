//! Bodies that come compressed, although nobody asked for it, or because the monitor did.

use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// The body in plain, and whether it is the whole of it; `None` for a coding that is not known. What comes out is bounded by
/// `limit`, whatever the body claims.
pub(super) fn decode(coding: &str, body: &[u8], limit: usize) -> Option<(Vec<u8>, bool)> {
    match coding.trim().to_ascii_lowercase().as_str() {
        "gzip" | "x-gzip" => Some(bounded(MultiGzDecoder::new(body), limit)),
        // RFC 9110 means zlib by it; some servers send the bare stream.
        "deflate" if is_zlib(body) => Some(bounded(ZlibDecoder::new(body), limit)),
        "deflate" => Some(bounded(DeflateDecoder::new(body), limit)),
        _ => None,
    }
}

fn bounded(decoder: impl Read, limit: usize) -> (Vec<u8>, bool) {
    let mut plain = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let read = decoder.take(most).read_to_end(&mut plain);
    let is_whole = read.is_ok() && plain.len() <= limit;
    plain.truncate(limit);
    (plain, is_whole)
}

/// RFC 1950: the first two bytes are a multiple of 31, and the method is 8.
fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [first, second, ..] if first & 0x0f == 8
        && (u16::from(*first) * 256 + u16::from(*second)).is_multiple_of(31))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::decode;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(plain).expect("room");
        encoder.finish().expect("room")
    }

    #[test]
    fn what_was_packed_is_unpacked() {
        let plain = b"all is well".as_slice();
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(plain).expect("room");
        let mut bare = DeflateEncoder::new(Vec::new(), Compression::fast());
        bare.write_all(plain).expect("room");
        for (coding, body) in [
            ("gzip", gzip(plain)),
            ("GZIP ", gzip(plain)),
            ("deflate", zlib.finish().expect("room")),
            ("deflate", bare.finish().expect("room")),
        ] {
            assert_eq!(decode(coding, &body, 100), Some((plain.to_vec(), true)));
        }
        assert_eq!(decode("zstd", plain, 100), None);
    }

    #[test]
    fn a_bomb_yields_no_more_than_the_limit() {
        let bomb = gzip(&vec![0; 10_000_000]);
        let (plain, is_whole) = decode("gzip", &bomb, 1_000).expect("a known coding");
        assert_eq!((plain.len(), is_whole), (1_000, false));
    }

    #[test]
    fn a_broken_body_is_not_whole() {
        let half = &gzip(b"all is well")[..20];
        let (_, is_whole) = decode("gzip", half, 1_000).expect("a known coding");
        assert!(!is_whole);
    }
}
