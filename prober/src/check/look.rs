//! One check under way: the steps that kinds have in common.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use contract::condition::Condition;
use contract::monitor::check::endpoint::{Endpoint, Host};
use contract::probe::Reason;
use tokio::net::TcpStream;
use tokio::time::sleep;
use tokio_rustls::client::TlsStream;

use super::clock::{Budget, Laps};
use super::handshake::Wish;
use super::hop::Hop;
use super::{Engine, Failure, connect};

/// What a kind is given: the parts it may use, the time it has, and what somebody will ask for.
pub(super) struct Look<'a> {
    pub(super) engine: &'a Engine,
    pub(super) budget: Budget,
    /// A simulated round trip, added to every exchange with the target.
    distance: Duration,
    /// A condition looks at the body.
    pub(super) wants_body: bool,
    /// A condition looks at the headers.
    pub(super) wants_headers: bool,
}

impl<'a> Look<'a> {
    pub(super) fn start(
        engine: &'a Engine,
        timeout_ms: u32,
        conditions: &[Condition],
        distance: Duration,
    ) -> Self {
        Self {
            engine,
            budget: Budget::start(timeout_ms),
            distance,
            wants_body: conditions.iter().any(Condition::needs_body),
            wants_headers: conditions.iter().any(Condition::needs_headers),
        }
    }

    /// Connects to `host:port`.
    pub(super) async fn reach(
        &self,
        target: &str,
        hop: &mut Hop,
        laps: &mut Laps,
    ) -> Result<(Endpoint, TcpStream), Failure> {
        let endpoint: Endpoint = target
            .parse()
            .map_err(|error| Failure::unusable(format!("the target {error}")))?;
        let addresses = self
            .resolve(&endpoint.host, endpoint.port, hop, laps)
            .await?;
        let stream = self.connect(&addresses, hop, laps).await?;
        Ok((endpoint, stream))
    }

    /// The addresses to dial. All of them passed the filter: a name that leads to one that must not be dialled is refused whole.
    pub(super) async fn resolve(
        &self,
        host: &Host,
        port: u16,
        hop: &mut Hop,
        laps: &mut Laps,
    ) -> Result<Vec<SocketAddr>, Failure> {
        let addresses = match host {
            Host::Address(address) => vec![*address],
            Host::Name(name) => {
                let lookup = self.engine.resolver.addresses(name);
                let found = self.budget.within("DNS lookup", lookup).await;
                hop.phases.dns = Some(laps.lap());
                found?
            }
        };
        let judge = |address| self.judge(address).map(|it| SocketAddr::new(it, port));
        addresses.into_iter().map(judge).collect()
    }

    /// Takes the simulated round trip. Without one it takes nothing at all: a timer would round it up to a millisecond.
    pub(super) async fn travel(&self) {
        if !self.distance.is_zero() {
            sleep(self.distance).await;
        }
    }

    /// The address as it would be dialled, if it may be.
    pub(super) fn judge(&self, address: IpAddr) -> Result<IpAddr, Failure> {
        match self.engine.filter.judge(address) {
            Ok(()) => Ok(address.to_canonical()),
            Err(blocked) => Err(Failure::new(Reason::Blocked, blocked.to_string())),
        }
    }

    /// Dials addresses that were judged.
    pub(super) async fn connect(
        &self,
        addresses: &[SocketAddr],
        hop: &mut Hop,
        laps: &mut Laps,
    ) -> Result<TcpStream, Failure> {
        let dial = async {
            let connected = connect::race(addresses).await?;
            self.travel().await;
            Ok(connected)
        };
        let connected = self.budget.within("connect", dial).await;
        hop.phases.connect = Some(laps.lap());
        let (stream, address) = connected?;
        hop.address = Some(address);
        Ok(stream)
    }

    /// Makes the handshake. What the server showed is in `hop`, also when it is not worth trusting.
    pub(super) async fn secure(
        &self,
        wish: Wish<'_>,
        stream: TcpStream,
        hop: &mut Hop,
        laps: &mut Laps,
    ) -> Result<TlsStream<TcpStream>, Failure> {
        let handshake = async {
            let secured = self.engine.connector.handshake(wish, stream).await?;
            self.travel().await;
            Ok(secured)
        };
        let secured = self.budget.within("TLS handshake", handshake).await;
        hop.phases.tls = Some(laps.lap());
        let (stream, session) = secured?;
        let problem = session.problem().filter(|_| !wish.insecure);
        let problem = problem.map(|problem| Failure::new(Reason::TlsError, problem));
        hop.session = Some(session);
        problem.map_or(Ok(stream), Err)
    }
}
