//! One request on one new connection, phase by phase.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use contract::probe::{self, Reason};
use http::Version;
use tokio::net::TcpStream;
use tokio::time::sleep;
use tracing::Instrument;
use url::{Host, Url};

use super::exchange::{self, Answer};
use super::request::Request;
use super::telemetry;
use crate::check::certificate::Session;
use crate::check::clock::{Budget, Laps, Phases};
use crate::check::{Engine, Failure, connect};

/// What holds for every hop of a check.
pub(super) struct Terms<'a> {
    pub(super) engine: &'a Engine,
    pub(super) budget: Budget,
    /// A simulated round trip, added to every exchange with the target.
    pub(super) distance: Duration,
    pub(super) follow_redirects: bool,
    /// How much of the body is read; `None` for nothing.
    pub(super) body_limit: Option<usize>,
}

/// What is known of a hop, filled while it is travelled.
#[derive(Debug)]
pub(super) struct Hop {
    url: Url,
    pub(super) address: Option<SocketAddr>,
    pub(super) status: Option<u16>,
    version: Option<Version>,
    pub(super) phases: Phases,
    pub(super) session: Option<Session>,
}

impl Hop {
    pub(super) fn to(url: &Url) -> Self {
        Self {
            url: url.clone(),
            address: None,
            status: None,
            version: None,
            phases: Phases::default(),
            session: None,
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.address.is_some()
    }

    /// As it is told in a result.
    pub(super) fn told(&self) -> probe::Hop {
        let protocol = self.version.map(|version| match version {
            Version::HTTP_2 => "HTTP/2".to_owned(),
            other => format!("{other:?}"),
        });
        probe::Hop {
            url: self.url.to_string(),
            ip: self.address.map(|address| address.ip().to_string()),
            status_code: self.status,
            protocol,
            timings: self.phases.timings(),
        }
    }
}

/// Sends a request and reads its answer. What `hop` has learned by then holds after a failure, too.
pub(super) async fn travel(
    terms: &Terms<'_>,
    request: &Request,
    hop: &mut Hop,
) -> Result<Answer, Failure> {
    let span = telemetry::span(request);
    let outcome = phases(terms, request, hop, &span)
        .instrument(span.clone())
        .await;
    telemetry::record(&span, hop.address, hop.status, outcome.as_ref().err());
    outcome
}

async fn phases(
    terms: &Terms<'_>,
    request: &Request,
    hop: &mut Hop,
    span: &tracing::Span,
) -> Result<Answer, Failure> {
    let mut laps = Laps::start();
    let addresses = resolve(terms, &request.url, hop, &mut laps).await?;
    let stream = connect(terms, &addresses, hop, &mut laps).await?;
    let mut message = request.clone();
    if request.propagate_trace {
        telemetry::inject(span, &mut message.headers);
    }
    if request.url.scheme() == "http" {
        let version = Version::HTTP_11;
        return Box::pin(exchange::run(
            terms, stream, &message, version, hop, &mut laps,
        ))
        .await;
    }
    let handshake = async {
        let host = bare_host(&request.url);
        let stream = terms.engine.connector.handshake(&host, stream).await?;
        sleep(terms.distance).await;
        Ok(stream)
    };
    let secured = terms.budget.within("TLS handshake", handshake).await;
    hop.phases.tls = Some(laps.lap());
    let stream = secured?;
    let connection = stream.get_ref().1;
    hop.session = Some(Session::of(connection));
    let version = match connection.alpn_protocol() {
        Some(b"h2") => Version::HTTP_2,
        _ => Version::HTTP_11,
    };
    Box::pin(exchange::run(
        terms, stream, &message, version, hop, &mut laps,
    ))
    .await
}

/// The addresses to dial. All of them passed the filter: a name that leads to one that must not be dialled is refused whole.
async fn resolve(
    terms: &Terms<'_>,
    url: &Url,
    hop: &mut Hop,
    laps: &mut Laps,
) -> Result<Vec<SocketAddr>, Failure> {
    let addresses = match url.host() {
        Some(Host::Ipv4(address)) => vec![IpAddr::V4(address)],
        Some(Host::Ipv6(address)) => vec![IpAddr::V6(address)],
        Some(Host::Domain(name)) => {
            let lookup = terms.engine.resolver.addresses(name);
            let found = terms.budget.within("DNS lookup", lookup).await;
            hop.phases.dns = Some(laps.lap());
            found?
        }
        None => {
            return Err(Failure::new(
                Reason::ConnectionError,
                "the URL names no host",
            ));
        }
    };
    let port = url.port_or_known_default().unwrap_or_default();
    let judge = |address: IpAddr| match terms.engine.filter.judge(address) {
        Ok(()) => Ok(SocketAddr::new(address.to_canonical(), port)),
        Err(blocked) => Err(Failure::new(Reason::Blocked, blocked.to_string())),
    };
    addresses.into_iter().map(judge).collect()
}

async fn connect(
    terms: &Terms<'_>,
    addresses: &[SocketAddr],
    hop: &mut Hop,
    laps: &mut Laps,
) -> Result<TcpStream, Failure> {
    let dial = async {
        let connected = connect::race(addresses).await?;
        sleep(terms.distance).await;
        Ok(connected)
    };
    let connected = terms.budget.within("connect", dial).await;
    hop.phases.connect = Some(laps.lap());
    let (stream, address) = connected?;
    hop.address = Some(address);
    Ok(stream)
}

impl Hop {
    pub(super) fn answered(&mut self, status: http::StatusCode, version: Version) {
        self.status = Some(status.as_u16());
        self.version = Some(version);
    }
}

/// Without the brackets that a v6 address has in a URL.
fn bare_host(url: &Url) -> String {
    match url.host() {
        Some(Host::Domain(name)) => name.trim_end_matches('.').to_owned(),
        Some(Host::Ipv4(address)) => address.to_string(),
        Some(Host::Ipv6(address)) => address.to_string(),
        None => String::new(),
    }
}
