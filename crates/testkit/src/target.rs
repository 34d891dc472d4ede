//! Targets for checks: HTTP and TLS servers whose answers and delays a test chooses.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, Response};
use futures_util::{StreamExt as _, stream};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use crate::eventually::eventually;
use crate::http::install_crypto;

const REBIND: Duration = Duration::from_secs(10);

/// What a target answers, and how slowly.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
    /// Between the accepted connection and the TLS handshake.
    pub handshake_delay: Duration,
    /// Between the request and the answer's first byte.
    pub first_byte_delay: Duration,
    /// Between the two halves of the body.
    pub transfer_delay: Duration,
}

impl Default for Answer {
    fn default() -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: Bytes::from_static(b"all is well"),
            handshake_delay: Duration::ZERO,
            first_byte_delay: Duration::ZERO,
            transfer_delay: Duration::ZERO,
        }
    }
}

impl Answer {
    pub fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    pub fn redirect(to: impl Into<String>) -> Self {
        Self {
            status: 302,
            headers: vec![("location", to.into())],
            ..Self::default()
        }
    }
}

#[derive(Debug, Default)]
struct Memory {
    answer: Answer,
    requests: Vec<Request<()>>,
}

/// A server on loopback. It ends when it is dropped.
pub struct Server {
    address: SocketAddr,
    tls: Option<Tls>,
    memory: Arc<Mutex<Memory>>,
    tasks: JoinSet<()>,
}

struct Tls {
    acceptor: TlsAcceptor,
    certificate_pem: String,
}

impl Server {
    /// Speaks HTTP/1.1 and, with prior knowledge, HTTP/2.
    pub async fn http() -> Self {
        Self::start(None).await
    }

    /// Speaks HTTP/1.1 and HTTP/2 over TLS with a self-signed certificate for `localhost`, 127.0.0.1, `site.test` and all names below it.
    pub async fn tls() -> Self {
        Self::start(Some(tls())).await
    }

    async fn start(tls: Option<Tls>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("loopback has a free port");
        let mut server = Self {
            address: listener
                .local_addr()
                .expect("a bound socket has an address"),
            tls,
            memory: Arc::default(),
            tasks: JoinSet::new(),
        };
        server.listen(listener);
        server
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self, path: &str) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.address)
    }

    /// The certificate to trust; `None` for plain HTTP.
    pub fn certificate_pem(&self) -> Option<&str> {
        self.tls.as_ref().map(|tls| tls.certificate_pem.as_str())
    }

    /// What is answered from now on.
    pub fn answer(&self, answer: Answer) {
        open(&self.memory).answer = answer;
    }

    /// Every request so far, without its body.
    pub fn requests(&self) -> Vec<Request<()>> {
        open(&self.memory).requests.clone()
    }

    /// Refuses connections from now on and ends those that are open.
    pub async fn go_down(&mut self) {
        self.tasks.shutdown().await;
    }

    /// Answers again, on the same port.
    pub async fn come_back(&mut self) {
        let listener = eventually(REBIND, || TcpListener::bind(self.address)).await;
        self.listen(listener);
    }

    fn listen(&mut self, listener: TcpListener) {
        let acceptor = self.tls.as_ref().map(|tls| tls.acceptor.clone());
        let memory = self.memory.clone();
        self.tasks.spawn(async move {
            // Dropped with the listener, so that going down ends open connections too.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(converse(stream, acceptor.clone(), memory.clone()));
                while connections.try_join_next().is_some() {}
            }
        });
    }
}

async fn converse(stream: TcpStream, acceptor: Option<TlsAcceptor>, memory: Arc<Mutex<Memory>>) {
    // Without it, a delayed acknowledgement would add 40 ms to somebody's measurement.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let Some(acceptor) = acceptor else {
        return serve(stream, memory).await;
    };
    let delay = open(&memory).answer.handshake_delay;
    sleep(delay).await;
    if let Ok(stream) = acceptor.accept(stream).await {
        serve(stream, memory).await;
    }
}

async fn serve<S>(stream: S, memory: Arc<Mutex<Memory>>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let router = axum::Router::new().fallback(move |request: Request<Body>| {
        let memory = memory.clone();
        async move { respond(request, &memory).await }
    });
    // A client that goes away in the middle is the client's affair.
    drop(
        auto::Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
            .await,
    );
}

async fn respond(request: Request<Body>, memory: &Mutex<Memory>) -> Response<Body> {
    let answer = {
        let mut memory = open(memory);
        memory.requests.push(request.map(|_| ()));
        memory.answer.clone()
    };
    sleep(answer.first_byte_delay).await;
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response
        .body(body(answer.body, answer.transfer_delay))
        .expect("the test's headers are valid")
}

fn body(mut first: Bytes, delay: Duration) -> Body {
    if delay.is_zero() {
        return Body::from(first);
    }
    let second = first.split_off(first.len() / 2);
    let later = stream::once(async move {
        sleep(delay).await;
        second
    });
    Body::from_stream(
        stream::iter([first])
            .chain(later)
            .map(Ok::<_, std::io::Error>),
    )
}

fn tls() -> Tls {
    install_crypto();
    let names = ["localhost", "127.0.0.1", "site.test", "*.site.test"].map(str::to_owned);
    let made = rcgen::generate_simple_self_signed(names).expect("a certificate of valid names");
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der())
        .expect("a key that was just made");
    let mut config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("certificate and key belong together");
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Tls {
        acceptor: TlsAcceptor::from(Arc::new(config)),
        certificate_pem: made.cert.pem(),
    }
}

fn open(memory: &Mutex<Memory>) -> MutexGuard<'_, Memory> {
    memory.lock().expect("no holder of the memory panics")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http;

    #[tokio::test]
    async fn a_target_goes_down_and_comes_back_on_its_port() {
        let mut target = Server::http().await;
        let status = async |url| http::client().get(url).send().await.map(|it| it.status());
        assert_eq!(status(target.url("/a")).await.expect("an answer"), 200);
        target.go_down().await;
        assert!(status(target.url("/b")).await.is_err());
        target.come_back().await;
        target.answer(Answer::status(500));
        assert_eq!(status(target.url("/c")).await.expect("an answer"), 500);
        let paths: Vec<_> = target
            .requests()
            .iter()
            .map(|request| request.uri().path().to_owned())
            .collect();
        assert_eq!(paths, ["/a", "/c"]);
    }

    #[tokio::test]
    async fn a_delayed_body_arrives_whole() {
        let target = Server::http().await;
        target.answer(Answer {
            transfer_delay: Duration::from_millis(5),
            ..Answer::default()
        });
        let answer = http::client().get(target.url("/")).send().await;
        let text = answer.expect("an answer").text().await.expect("a body");
        assert_eq!(text, "all is well");
    }

    #[tokio::test]
    async fn tls_is_spoken_to_those_who_trust_the_certificate() {
        let target = Server::tls().await;
        let pem = target.certificate_pem().expect("a certificate");
        let trust = reqwest::Certificate::from_pem(pem.as_bytes()).expect("a certificate");
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([trust])
            .build()
            .expect("a client");
        let answer = client.get(target.url("/")).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        assert!(http::client().get(target.url("/")).send().await.is_err());
    }
}
