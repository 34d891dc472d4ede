//! Servers that misbehave, and certificates of an authority of our own.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// A server of raw bytes. It ends when it is dropped.
pub(crate) struct Raw {
    pub(crate) address: SocketAddr,
    _tasks: JoinSet<()>,
}

impl Raw {
    /// Every connection is handed to `handler`.
    pub(crate) async fn serve<F>(handler: impl Fn(TcpStream) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("an address");
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(handler(stream));
            }
        });
        Self {
            address,
            _tasks: tasks,
        }
    }

    /// Reads the request, then sends `head`, then `again` and `again` for as long as the other side listens.
    pub(crate) async fn endless(head: &'static str, again: &'static str) -> Self {
        Self::serve(move |mut stream| async move {
            read_request(&mut stream).await;
            let mut sent = stream.write_all(head.as_bytes()).await;
            while sent.is_ok() {
                sent = stream.write_all(again.as_bytes()).await;
            }
        })
        .await
    }

    /// Reads the request, sends these bytes and closes.
    pub(crate) async fn says(answer: &'static str) -> Self {
        Self::serve(move |mut stream| async move {
            read_request(&mut stream).await;
            // The prober may have seen enough and hung up.
            let _ = stream.write_all(answer.as_bytes()).await;
        })
        .await
    }

    /// Reads the request, sends these bytes and then nothing, for ever.
    pub(crate) async fn stalls(answer: &'static str) -> Self {
        Self::serve(move |mut stream| async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(answer.as_bytes()).await;
            std::future::pending::<()>().await;
        })
        .await
    }

    /// Answers 200 over TLS with this certificate, then closes.
    pub(crate) async fn tls(identity: ServerConfig) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(identity));
        Self::serve(move |stream| {
            let acceptor = acceptor.clone();
            async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                read_request(&mut stream).await;
                let _ = stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                    .await;
                let _ = stream.shutdown().await;
            }
        })
        .await
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub(crate) fn tls_url(&self, host: &str) -> String {
        format!("https://{host}:{}/", self.address.port())
    }
}

pub(crate) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
}

/// A certificate authority, and the file to trust it by.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: PathBuf,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, key()).expect("an authority");
        let file = std::env::temp_dir().join(format!("prober-{}-{name}.pem", std::process::id()));
        let mut pem = std::fs::File::create(&file).expect("a file");
        pem.write_all(issuer.pem().as_bytes())
            .expect("room on the disk");
        Self { issuer, file }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.file.clone()
    }

    /// A server's identity for `name`, after `change`.
    pub(crate) fn identity(
        &self,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> ServerConfig {
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        change(&mut params);
        let key = key();
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("an identity")
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
    }
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}
