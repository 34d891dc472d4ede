//! Kind `dns`: a question to a name server. Its answers are the body that conditions look at, one a line.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize, Serializer};
use validator::{Validate, ValidationError};

use super::endpoint::is_name;
use super::rule::holds;

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = DnsCheck))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(default)]
pub struct Dns {
    /// The name that is asked for; an address where PTR records are.
    #[validate(custom(function = name))]
    pub target: String,
    pub record: Record,
    /// The name server that is asked; the prober's own if none is named.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub resolver: Option<SocketAddr>,
    pub transport: Transport,
}

/// What is asked for.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = DnsRecord))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Record {
    #[default]
    A,
    Aaaa,
    Cname,
    Mx,
    Ns,
    Txt,
    Srv,
    Soa,
    Caa,
    Ptr,
}

impl Record {
    pub const ALL: [Self; 10] = [
        Self::A,
        Self::Aaaa,
        Self::Cname,
        Self::Mx,
        Self::Ns,
        Self::Txt,
        Self::Srv,
        Self::Soa,
        Self::Caa,
        Self::Ptr,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Cname => "CNAME",
            Self::Mx => "MX",
            Self::Ns => "NS",
            Self::Txt => "TXT",
            Self::Srv => "SRV",
            Self::Soa => "SOA",
            Self::Caa => "CAA",
            Self::Ptr => "PTR",
        }
    }
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = DnsTransport))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    #[default]
    Udp,
    Tcp,
}

/// Packed formats would write its bytes.
#[expect(clippy::ref_option, reason = "serde hands it over so")]
fn as_text<S: Serializer>(resolver: &Option<SocketAddr>, serializer: S) -> Result<S::Ok, S::Error> {
    resolver
        .as_ref()
        .map(ToString::to_string)
        .serialize(serializer)
}

fn name(name: &str) -> Result<(), ValidationError> {
    holds(
        name == "."
            || name.parse::<IpAddr>().is_ok()
            || is_name(name.strip_suffix('.').unwrap_or(name)),
        "must be a name, such as example.com or _sip._tcp.example.com",
    )
}
