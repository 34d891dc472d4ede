//! Content encodings. What inflates beyond the limit is cut off while it does.

use std::io::{self, Read};

use axum::http::{HeaderMap, StatusCode, header};
use contract::problem::FieldError;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use service::problem::ProblemResponse;

/// The largest window of zstd, as a power of two: what its levels up to 19 use.
const ZSTD_WINDOW_LOG: u32 = 23;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Identity,
    Gzip,
    Deflate,
    Zstd,
    /// The block format, as in Prometheus remote write.
    Snappy,
}

impl Encoding {
    /// What a protocol takes that says nothing else.
    pub(crate) const USUAL: &'static [Self] =
        &[Self::Identity, Self::Gzip, Self::Deflate, Self::Zstd];

    /// The encoding a request names, if it is one of these.
    pub(crate) fn of(headers: &HeaderMap, taken: &[Self]) -> Result<Self, ProblemResponse> {
        let name = headers
            .get(header::CONTENT_ENCODING)
            .map_or(Ok("identity"), |value| value.to_str())
            .unwrap_or_default()
            .trim();
        let mut taken_names = taken.iter().map(|encoding| encoding.name());
        taken
            .iter()
            .find(|encoding| name.eq_ignore_ascii_case(encoding.name()))
            .copied()
            .ok_or_else(|| {
                let known = taken_names.by_ref().collect::<Vec<_>>().join(", ");
                ProblemResponse::new(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "unsupported_encoding",
                    "the body has an encoding that is not taken here",
                )
                .errors(vec![FieldError::new(
                    "content-encoding",
                    format!("must be one of: {known}"),
                )])
            })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Zstd => "zstd",
            Self::Snappy => "snappy",
        }
    }

    /// The body as it was before it was encoded.
    pub(crate) fn inflate(self, body: &[u8], max_bytes: usize) -> Result<Vec<u8>, ProblemResponse> {
        let inflated = match self {
            Self::Identity => bounded(body, max_bytes),
            Self::Gzip => bounded(MultiGzDecoder::new(body), max_bytes),
            Self::Deflate => bounded(ZlibDecoder::new(body), max_bytes),
            Self::Zstd => unzstd(body, max_bytes),
            Self::Snappy => unsnap(body, max_bytes),
        };
        inflated.map_err(|error| self.refuse(&error, max_bytes))
    }

    fn refuse(self, error: &Cut, max_bytes: usize) -> ProblemResponse {
        match error {
            Cut::TooLarge => ProblemResponse::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                "the body inflates to more than is allowed",
            )
            .errors(vec![FieldError::new(
                "body",
                format!("at most {max_bytes} bytes are allowed after inflating; send several smaller pushes"),
            )]),
            Cut::Broken => ProblemResponse::new(
                StatusCode::BAD_REQUEST,
                "unreadable",
                format!("the body is not {}", self.name()),
            ),
        }
    }
}

#[derive(Debug, PartialEq)]
enum Cut {
    TooLarge,
    Broken,
}

impl From<io::Error> for Cut {
    fn from(_: io::Error) -> Self {
        Self::Broken
    }
}

fn bounded(reader: impl Read, max_bytes: usize) -> Result<Vec<u8>, Cut> {
    let mut inflated = Vec::new();
    reader
        .take(max_bytes as u64 + 1)
        .read_to_end(&mut inflated)?;
    if inflated.len() > max_bytes {
        return Err(Cut::TooLarge);
    }
    Ok(inflated)
}

fn unzstd(body: &[u8], max_bytes: usize) -> Result<Vec<u8>, Cut> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(body)?;
    decoder.window_log_max(ZSTD_WINDOW_LOG)?;
    bounded(decoder, max_bytes)
}

/// Five bytes can claim 4 GiB, so the claim is looked at first.
fn unsnap(body: &[u8], max_bytes: usize) -> Result<Vec<u8>, Cut> {
    let claimed = snap::raw::decompress_len(body).map_err(|_| Cut::Broken)?;
    if claimed > max_bytes {
        return Err(Cut::TooLarge);
    }
    snap::raw::Decoder::new()
        .decompress_vec(body)
        .map_err(|_| Cut::Broken)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};

    use super::*;

    const ALL: [Encoding; 5] = [
        Encoding::Identity,
        Encoding::Gzip,
        Encoding::Deflate,
        Encoding::Zstd,
        Encoding::Snappy,
    ];

    fn deflated(encoding: Encoding, plain: &[u8]) -> Vec<u8> {
        match encoding {
            Encoding::Identity => plain.to_vec(),
            Encoding::Gzip => {
                let mut encoder = GzEncoder::new(vec![], Compression::best());
                encoder.write_all(plain).expect("written");
                encoder.finish().expect("finished")
            }
            Encoding::Deflate => {
                let mut encoder = ZlibEncoder::new(vec![], Compression::best());
                encoder.write_all(plain).expect("written");
                encoder.finish().expect("finished")
            }
            Encoding::Zstd => zstd::encode_all(plain, 3).expect("encodes"),
            Encoding::Snappy => snap::raw::Encoder::new()
                .compress_vec(plain)
                .expect("encodes"),
        }
    }

    #[test]
    fn every_encoding_comes_back_and_is_cut_off_at_the_limit() {
        let plain = vec![b'x'; 100_000];
        for encoding in ALL {
            let body = deflated(encoding, &plain);
            assert_eq!(
                encoding.inflate(&body, plain.len()).expect("fits"),
                plain,
                "{encoding:?}"
            );
            let cut = encoding
                .inflate(&body, plain.len() - 1)
                .expect_err("too large");
            assert_eq!(cut.status(), StatusCode::PAYLOAD_TOO_LARGE, "{encoding:?}");
        }
    }

    #[test]
    fn what_is_cut_short_or_no_such_encoding_is_unreadable() {
        for encoding in &ALL[1..] {
            let body = deflated(*encoding, b"0123456789 0123456789 0123456789");
            for broken in [&body[..body.len() / 2], b"\xff\xfe\xfd garbage".as_slice()] {
                let status = encoding
                    .inflate(broken, 1 << 20)
                    .expect_err("broken")
                    .status();
                assert!(status.is_client_error(), "{encoding:?}");
            }
        }
        let claims_4_gib = [0xff, 0xff, 0xff, 0xff, 0x0f];
        let cut = Encoding::Snappy
            .inflate(&claims_4_gib, 16 << 20)
            .expect_err("a lie");
        assert_eq!(cut.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
}
