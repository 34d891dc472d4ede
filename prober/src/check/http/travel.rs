//! One request on one new connection, phase by phase.

use contract::monitor::check::endpoint::Host;
use contract::monitor::check::http::HttpVersion;
use contract::probe::Reason;
use http::Version;
use tracing::{Instrument, Span};
use url::Url;

use super::exchange::{self, Answer};
use super::request::Request;
use super::{Terms, telemetry};
use crate::check::Failure;
use crate::check::clock::Laps;
use crate::check::handshake::Wish;
use crate::check::hop::Hop;

const H2: &[u8] = b"h2";
const HTTP_1: &[u8] = b"http/1.1";

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
    span: &Span,
) -> Result<Answer, Failure> {
    let look = terms.look;
    let mut laps = Laps::start();
    let host = host(&request.url)?;
    let port = request.url.port_or_known_default().unwrap_or_default();
    let addresses = look.resolve(&host, port, hop, &mut laps).await?;
    let stream = look.connect(&addresses, hop, &mut laps).await?;
    let mut message = request.clone();
    if request.propagate_trace {
        telemetry::inject(span, &mut message.headers);
    }
    if request.url.scheme() == "http" {
        let version = match terms.version {
            HttpVersion::Two => Version::HTTP_2,
            _ => Version::HTTP_11,
        };
        let exchange = exchange::run(terms, stream, &message, version, hop, &mut laps);
        return Box::pin(exchange).await;
    }
    let wish = Wish {
        name: &host.to_string(),
        protocols: offered(terms.version),
        insecure: terms.insecure,
    };
    let stream = look.secure(wish, stream, hop, &mut laps).await?;
    let version = agreed(terms.version, stream.get_ref().1.alpn_protocol())?;
    let exchange = exchange::run(terms, stream, &message, version, hop, &mut laps);
    Box::pin(exchange).await
}

fn offered(version: HttpVersion) -> &'static [&'static [u8]] {
    match version {
        HttpVersion::Auto => &[H2, HTTP_1],
        HttpVersion::One => &[HTTP_1],
        HttpVersion::Two => &[H2],
    }
}

fn agreed(wanted: HttpVersion, chosen: Option<&[u8]>) -> Result<Version, Failure> {
    match (wanted, chosen == Some(H2)) {
        (_, true) => Ok(Version::HTTP_2),
        (HttpVersion::Two, false) => Err(Failure::new(
            Reason::ConnectionError,
            "the server does not speak HTTP/2",
        )),
        _ => Ok(Version::HTTP_11),
    }
}

fn host(url: &Url) -> Result<Host, Failure> {
    match url.host() {
        Some(url::Host::Domain(name)) => Ok(Host::Name(name.trim_end_matches('.').to_owned())),
        Some(url::Host::Ipv4(address)) => Ok(Host::Address(address.into())),
        Some(url::Host::Ipv6(address)) => Ok(Host::Address(address.into())),
        None => Err(Failure::unusable("the URL names no host")),
    }
}
