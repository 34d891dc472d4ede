//! What went wrong with a handshake, in words.

use std::io;

use chrono::DateTime;
use rustls::CertificateError;
use rustls::pki_types::UnixTime;

/// Why there was no handshake.
pub(super) fn handshake(host: &str, error: &io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        Some(rustls::Error::InvalidMessage(_)) => format!("{host} does not speak TLS on this port"),
        Some(other) => format!("TLS handshake with {host} failed: {other}"),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            format!("{host} closed the connection during the TLS handshake")
        }
        None => format!("TLS handshake with {host} failed: {error}"),
    }
}

/// Why the certificate is not valid.
pub(super) fn problem(host: &str, error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(problem) => certificate(host, problem),
        other => format!("the certificate of {host} is not valid: {other}"),
    }
}

fn certificate(host: &str, problem: &CertificateError) -> String {
    match problem {
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("the certificate of {host} expired on {}", day(*not_after))
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!(
                "the certificate of {host} is valid only from {}",
                day(*not_before)
            )
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names = presented.join(", ");
            format!("the certificate is not for {host} but for {names}")
        }
        CertificateError::UnknownIssuer => {
            format!("the certificate of {host} is not signed by a trusted authority")
        }
        CertificateError::Revoked => format!("the certificate of {host} is revoked"),
        CertificateError::BadSignature => format!("the certificate of {host} is badly signed"),
        other => format!("the certificate of {host} is not valid: {other}"),
    }
}

fn day(at: UnixTime) -> String {
    i64::try_from(at.as_secs())
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .map_or_else(
            || "an unknown day".to_owned(),
            |at| at.format("%Y-%m-%d").to_string(),
        )
}
