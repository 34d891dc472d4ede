//! The measuring engine: runs one check and says what it found.
//!
//! Each kind of check is one file below [`check`](self), a function from a [`look::Look`] and the kind's settings to
//! [`findings::Findings`]. What kinds share are the steps of a look: resolving, connecting, the TLS handshake.

mod certificate;
mod clock;
mod connect;
mod dns;
mod findings;
mod handshake;
mod hop;
mod http;
mod icmp;
mod look;
mod meter;
mod resolve;
mod tcp;
mod tls;
mod verdict;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use contract::address::{Filter, Network};
use contract::condition::Condition;
use contract::monitor::{Check, Kind};
use contract::probe::{Certificate, Hop, Outcome, Reason, Timings};

pub use findings::Dns;

use findings::Findings;
use handshake::Connector;
use look::Look;
use resolve::Resolver;

/// How checks are made, whatever they check.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Networks beyond the public internet that may be dialled.
    pub allow: Vec<Network>,
    /// Certificates in PEM that are trusted beside those of the system.
    pub ca_file: Option<PathBuf>,
    /// Asked instead of the system's, if there are any.
    pub name_servers: Vec<SocketAddr>,
    /// Asked by `dns` checks that name no server; where absent, the first one that names are asked of.
    pub dns_check_server: Option<SocketAddr>,
    /// The most of an answer's body that is read.
    pub body_limit_bytes: usize,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub outcome: Outcome,
    pub reason: Option<Reason>,
    pub message: Option<String>,
    pub status_code: Option<u16>,
    pub timings: Timings,
    pub hops: Vec<Hop>,
    pub certificate: Option<Certificate>,
    /// As announced by the server.
    pub content_length: Option<u64>,
    /// Of the body, as conditions saw it; `None` if nobody looked at it.
    pub body_bytes: Option<usize>,
    /// Of kind `dns`.
    pub dns: Option<Dns>,
}

impl Default for Report {
    /// Nothing was found, because nobody looked.
    fn default() -> Self {
        Self {
            outcome: Outcome::Missed,
            reason: None,
            message: None,
            status_code: None,
            timings: Timings::default(),
            hops: Vec::new(),
            certificate: None,
            content_length: None,
            body_bytes: None,
            dns: None,
        }
    }
}

/// Why a check got no answer, or not the whole of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Failure {
    reason: Reason,
    message: String,
}

impl Failure {
    fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
        }
    }

    /// Nothing can be sent to such a target. It was saved by a version that judged otherwise.
    fn unusable(message: impl Into<String>) -> Self {
        Self::new(Reason::ConnectionError, message)
    }
}

/// Runs checks. Keeps no connection and no answer from one to the next.
pub struct Engine {
    resolver: Resolver,
    dns_check_server: Option<SocketAddr>,
    connector: Connector,
    filter: Filter,
    body_limit_bytes: usize,
}

impl Engine {
    /// The kinds of checks it runs.
    pub const KINDS: [&str; 5] = ["http", "tcp", "dns", "tls", "icmp"];

    /// Errors when the given certificates cannot be read.
    pub fn new(settings: Settings) -> anyhow::Result<Self> {
        let resolver = Resolver::new(&settings.name_servers)?;
        Ok(Self {
            dns_check_server: settings.dns_check_server.or(resolver.name_server()),
            resolver,
            connector: Connector::new(settings.ca_file.as_deref())?,
            filter: Filter::new(settings.allow),
            body_limit_bytes: settings.body_limit_bytes,
        })
    }

    /// Runs a check to its end, which comes within its timeout. `distance` is a simulated round trip; zero for none.
    pub async fn run(&self, check: &Check, distance: Duration) -> Report {
        let conditions = match conditions(check) {
            Ok(conditions) => conditions,
            Err(message) => return Findings::missed(message).report(&[]),
        };
        let look = Look::start(self, check.timeout_ms, &conditions, distance);
        let findings = match &check.kind {
            Kind::Http(settings) => Box::pin(http::look(&look, settings)).await,
            Kind::Tcp(settings) => tcp::look(&look, settings).await,
            Kind::Dns(settings) => dns::look(&look, settings).await,
            Kind::Tls(settings) => Box::pin(tls::look(&look, settings)).await,
            Kind::Icmp(settings) => icmp::look(&look, settings).await,
            Kind::Heartbeat(_) => Findings::missed("a heartbeat is awaited, not checked"),
        };
        findings.report(&conditions)
    }
}

/// They were judged when the monitor was saved; one that cannot be read was saved by a newer version than this.
fn conditions(check: &Check) -> Result<Vec<Condition>, String> {
    let texts: Vec<&str> = match check.conditions.as_slice() {
        [] => vec![check.kind.default_condition()],
        given => given.iter().map(String::as_str).collect(),
    };
    let parse = |text: &str| {
        text.parse()
            .map_err(|error| format!("this prober cannot read the condition {text:?}: {error}"))
    };
    texts.into_iter().map(parse).collect()
}
