//! The TLS handshake: always a full one, with HTTP/2 offered first.

use std::io;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use chrono::DateTime;
use contract::probe::Reason;
use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::Failure;

/// Makes handshakes.
pub(super) struct Connector(TlsConnector);

impl Connector {
    /// Trusts the system's certificates and those in the file.
    pub(super) fn new(ca_file: Option<&Path>) -> anyhow::Result<Self> {
        let mut config =
            ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_root_certificates(roots(ca_file)?)
                .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config.resumption = Resumption::disabled();
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }

    /// `host` is a name or an address without brackets.
    pub(super) async fn handshake(
        &self,
        host: &str,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, Failure> {
        let failed = |message: String| Failure::new(Reason::TlsError, message);
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| failed(format!("{host} cannot stand in a certificate")))?;
        self.0
            .connect(name, stream)
            .await
            .map_err(|error| failed(words(host, &error)))
    }
}

fn roots(ca_file: Option<&Path>) -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in native.errors {
        tracing::warn!(%error, "a certificate of the system cannot be read");
    }
    let (added, _) = roots.add_parsable_certificates(native.certs);
    if added == 0 {
        tracing::warn!("the system trusts no certificate: public TLS targets will fail");
    }
    if let Some(path) = ca_file {
        let unreadable = || format!("cannot read certificates from {}", path.display());
        for certificate in CertificateDer::pem_file_iter(path).with_context(unreadable)? {
            let certificate = certificate.with_context(unreadable)?;
            roots.add(certificate).with_context(unreadable)?;
        }
    }
    Ok(roots)
}

fn words(host: &str, error: &io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        Some(rustls::Error::InvalidCertificate(problem)) => certificate_words(host, problem),
        Some(rustls::Error::InvalidMessage(_)) => format!("{host} does not speak TLS on this port"),
        Some(other) => format!("TLS handshake with {host} failed: {other}"),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            format!("{host} closed the connection during the TLS handshake")
        }
        None => format!("TLS handshake with {host} failed: {error}"),
    }
}

fn certificate_words(host: &str, problem: &CertificateError) -> String {
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
