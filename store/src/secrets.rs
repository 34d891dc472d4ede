//! Secrets: made here, told once, kept only as their hash.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// `prefix` and 256 random bits.
pub(crate) fn generate(prefix: &str) -> String {
    let random: [u8; 32] = rand::random();
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(random))
}

/// A signing secret as Standard Webhooks writes it.
pub(crate) fn generate_signing() -> String {
    let random: [u8; 32] = rand::random();
    format!("whsec_{}", STANDARD.encode(random))
}

/// What is stored of a secret. A plain hash suffices for 256 random bits.
pub(crate) fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}
