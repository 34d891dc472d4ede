//! The TLS handshake: always a full one. A certificate that is not valid ends it only after all of it was seen.

mod witness;
mod words;

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use contract::probe::Reason;
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::Failure;
use super::certificate::Session;
use witness::Witness;

/// Makes handshakes.
pub(super) struct Connector {
    provider: Arc<CryptoProvider>,
    /// `None` when nothing is trusted.
    judge: Option<Arc<WebPkiServerVerifier>>,
}

/// What is asked of a server.
#[derive(Clone, Copy)]
pub(super) struct Wish<'a> {
    /// A name or an address without brackets.
    pub(super) name: &'a str,
    /// For ALPN, in the order of preference.
    pub(super) protocols: &'a [&'a [u8]],
    /// An invalid certificate does no harm.
    pub(super) insecure: bool,
}

impl Connector {
    /// Trusts the system's certificates and those in the file.
    pub(super) fn new(ca_file: Option<&Path>) -> anyhow::Result<Self> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let roots = roots(ca_file)?;
        let judge = if roots.is_empty() {
            None
        } else {
            let builder =
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone());
            Some(builder.build()?)
        };
        Ok(Self { provider, judge })
    }

    /// Succeeds with a certificate that is not valid, too: the session says what it is worth.
    pub(super) async fn handshake(
        &self,
        wish: Wish<'_>,
        stream: TcpStream,
    ) -> Result<(TlsStream<TcpStream>, Session), Failure> {
        let host = wish.name;
        let failed = |message: String| Failure::new(Reason::TlsError, message);
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| failed(format!("{host} cannot stand in a certificate")))?;
        let witness = Arc::new(Witness::new(
            self.judge.clone(),
            self.provider.signature_verification_algorithms,
        ));
        let config = self
            .config(witness.clone(), wish.protocols)
            .map_err(|error| failed(format!("cannot speak TLS: {error}")))?;
        let stream = TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
            .map_err(|error| failed(words::handshake(host, &error)))?;
        let testimony = witness.testimony();
        let problem = testimony
            .problem
            .map(|problem| words::problem(host, &problem));
        let session = Session::new(stream.get_ref().1, problem, testimony.name_matches);
        Ok((stream, session))
    }

    fn config(
        &self,
        witness: Arc<Witness>,
        protocols: &[&[u8]],
    ) -> Result<ClientConfig, rustls::Error> {
        let mut config = ClientConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(witness)
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|it| it.to_vec()).collect();
        config.resumption = Resumption::disabled();
        Ok(config)
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
