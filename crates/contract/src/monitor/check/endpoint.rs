//! Hosts and ports, as people write them: `example.com:443`, `192.0.2.1:22`, `[2001:db8::1]:53`.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use validator::ValidationError;

use super::rule::holds;

/// A name or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// Lower case, without a dot at the end.
    Name(String),
    Address(IpAddr),
}

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub host: Host,
    pub port: u16,
}

/// The text is something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("must be a host and a port, such as example.com:443")]
    Endpoint,
    #[error("must be a host name or an address, such as example.com or 192.0.2.1")]
    Host,
}

impl FromStr for Host {
    type Err = Error;

    /// A v6 address may stand in brackets.
    fn from_str(text: &str) -> Result<Self, Error> {
        let bracketed = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        if let Some(inner) = bracketed {
            let address: Ipv6Addr = inner.parse().map_err(|_| Error::Host)?;
            return Ok(Self::Address(address.into()));
        }
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        let name = text.strip_suffix('.').unwrap_or(text);
        if is_name(name) && !ends_in_a_number(name) {
            Ok(Self::Name(name.to_ascii_lowercase()))
        } else {
            Err(Error::Host)
        }
    }
}

impl FromStr for Endpoint {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (host, port) = text.rsplit_once(':').ok_or(Error::Endpoint)?;
        let bare_v6 = host.contains(':') && !host.starts_with('[');
        let plain = !port.is_empty() && port.bytes().all(|it| it.is_ascii_digit());
        match (host.parse(), port.parse()) {
            (Ok(host), Ok(port)) if port > 0 && plain && !bare_v6 => Ok(Self { host, port }),
            _ => Err(Error::Endpoint),
        }
    }
}

impl fmt::Display for Host {
    /// A v6 address stands in no brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(address) => address.fmt(f),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Address(IpAddr::V6(address)) => write!(f, "[{address}]:{}", self.port),
            host => write!(f, "{host}:{}", self.port),
        }
    }
}

/// A name of the DNS, service labels such as `_sip` included, without a dot at the end.
pub(super) fn is_name(name: &str) -> bool {
    let fits = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
    name.len() <= 253
        && name
            .split('.')
            .all(|label| (1..=63).contains(&label.len()) && label.bytes().all(fits))
}

/// What ends in a number is a misspelt address, never a name (WHATWG URL).
fn ends_in_a_number(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    last.bytes().all(|it| it.is_ascii_digit())
}

pub(super) fn host_and_port(text: &str) -> Result<(), ValidationError> {
    holds(
        text.parse::<Endpoint>().is_ok(),
        "must be a host and a port, such as example.com:443",
    )
}

pub(super) fn host(text: &str) -> Result<(), ValidationError> {
    holds(
        text.parse::<Host>().is_ok(),
        "must be a host name or an address, such as example.com or 192.0.2.1",
    )
}
