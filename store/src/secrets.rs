//! Secrets: made here, told once, kept only as their hash.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use contract::id::TenantId;
use sha2::{Digest, Sha256};
use uuid::Uuid;

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

/// What a secret claims to be for: it is looked for where it says it is kept. Only its hash tells whether that is true.
pub(crate) struct Code {
    pub(crate) tenant: TenantId,
    /// The row of the tenant that holds the hash.
    pub(crate) subject: Uuid,
}

impl Code {
    /// `prefix`, tenant, row, and 128 random bits.
    pub(crate) fn generate(prefix: &str, tenant: TenantId, subject: Uuid) -> String {
        let random: [u8; 16] = rand::random();
        let bytes = [*tenant.0.as_bytes(), *subject.as_bytes(), random].concat();
        format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    pub(crate) fn parse(prefix: &str, code: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(code.strip_prefix(prefix)?).ok()?;
        let bytes: [u8; 48] = bytes.try_into().ok()?;
        let (tenant, rest) = bytes.split_first_chunk()?;
        let (subject, _) = rest.split_first_chunk()?;
        Some(Self {
            tenant: TenantId(Uuid::from_bytes(*tenant)),
            subject: Uuid::from_bytes(*subject),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_tells_whose_it_claims_to_be() {
        let (tenant, subject) = (TenantId::generate(), Uuid::now_v7());
        let text = Code::generate("ovc_", tenant, subject);
        assert_eq!(text.len(), 68);
        let code = Code::parse("ovc_", &text).expect("readable");
        assert_eq!((code.tenant, code.subject), (tenant, subject));
        for strange in ["", "ovc_", "ovc_!", &text[4..], &text[..67], "ovs_x"] {
            assert!(Code::parse("ovc_", strange).is_none(), "{strange}");
        }
    }
}
