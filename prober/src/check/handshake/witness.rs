//! Lets every certificate pass and remembers what it is worth, so that an invalid one can be told in full.
//!
//! Whoever makes a handshake with it has to look at the testimony before a word is said over the connection.

use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

#[derive(Debug)]
pub(super) struct Witness {
    judge: Option<Arc<WebPkiServerVerifier>>,
    algorithms: WebPkiSupportedAlgorithms,
    seen: OnceLock<Testimony>,
}

#[derive(Debug, Clone)]
pub(super) struct Testimony {
    pub(super) problem: Option<Error>,
    pub(super) name_matches: bool,
}

impl Witness {
    pub(super) fn new(
        judge: Option<Arc<WebPkiServerVerifier>>,
        algorithms: WebPkiSupportedAlgorithms,
    ) -> Self {
        Self {
            judge,
            algorithms,
            seen: OnceLock::new(),
        }
    }

    /// Fails closed: a certificate that was not seen is not valid.
    pub(super) fn testimony(&self) -> Testimony {
        self.seen.get().cloned().unwrap_or(Testimony {
            problem: Some(Error::NoCertificatesPresented),
            name_matches: false,
        })
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let problem = match &self.judge {
            Some(judge) => judge.verify_server_cert(leaf, chain, name, ocsp, now).err(),
            None => Some(Error::InvalidCertificate(CertificateError::UnknownIssuer)),
        };
        let parsed = ParsedCertificate::try_from(leaf);
        let name_matches = parsed.and_then(|leaf| verify_server_name(&leaf, name));
        let _ = self.seen.set(Testimony {
            problem,
            name_matches: name_matches.is_ok(),
        });
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, leaf, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, leaf, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
