//! What a TLS session tells of its server.

use chrono::DateTime;
use contract::probe::Certificate;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConnection, ProtocolVersion};
use x509_parser::prelude::{FromDer, X509Certificate};

/// The raw facts, kept until the measuring is over: reading certificates takes time that is not the target's.
#[derive(Debug, Clone)]
pub(super) struct Session {
    chain: Vec<CertificateDer<'static>>,
    version: Option<ProtocolVersion>,
    cipher: Option<rustls::CipherSuite>,
    problem: Option<String>,
    name_matches: bool,
}

impl Session {
    pub(super) fn new(
        connection: &ClientConnection,
        problem: Option<String>,
        name_matches: bool,
    ) -> Self {
        Self {
            problem,
            name_matches,
            chain: connection
                .peer_certificates()
                .map_or_else(Vec::new, |chain| {
                    chain
                        .iter()
                        .cloned()
                        .map(CertificateDer::into_owned)
                        .collect()
                }),
            version: connection.protocol_version(),
            cipher: connection.negotiated_cipher_suite().map(|it| it.suite()),
        }
    }

    /// Why the certificate is not valid.
    pub(super) fn problem(&self) -> Option<String> {
        self.problem.clone()
    }

    /// `None` if the server's certificate cannot be read.
    pub(super) fn certificate(&self) -> Option<Certificate> {
        let chain: Vec<X509Certificate<'_>> = self
            .chain
            .iter()
            .filter_map(|der| X509Certificate::from_der(der).ok())
            .map(|(_, certificate)| certificate)
            .collect();
        let earliest = chain
            .iter()
            .map(|certificate| certificate.validity().not_after.timestamp())
            .min()?;
        let leaf = chain.first()?;
        Some(Certificate {
            expires_at: DateTime::from_timestamp(earliest, 0)?,
            subject: leaf.subject().to_string(),
            issuer: leaf.issuer().to_string(),
            tls_version: self.version.map_or_else(String::new, version),
            cipher: self.cipher.map_or_else(String::new, |it| format!("{it:?}")),
            problem: self.problem.clone(),
            name_matches: self.name_matches,
        })
    }
}

fn version(version: ProtocolVersion) -> String {
    match version {
        ProtocolVersion::TLSv1_2 => "TLSv1.2".to_owned(),
        ProtocolVersion::TLSv1_3 => "TLSv1.3".to_owned(),
        other => format!("{other:?}"),
    }
}
