//! The kinds of checks, side by side.

use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use validator::{Validate, ValidationErrors};

use super::{Dns, Heartbeat, Http, Icmp, Tcp, Tls};
use crate::condition::Placeholder;

/// How a target is looked at, with the settings of that way.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CheckKind))]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    Http(Http),
    Tcp(Tcp),
    Dns(Dns),
    Tls(Tls),
    Icmp(Icmp),
    Heartbeat(Heartbeat),
}

impl Kind {
    pub const NAMES: [&str; 6] = ["http", "tcp", "dns", "tls", "icmp", "heartbeat"];

    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Http(_) => "http",
            Self::Tcp(_) => "tcp",
            Self::Dns(_) => "dns",
            Self::Tls(_) => "tls",
            Self::Icmp(_) => "icmp",
            Self::Heartbeat(_) => "heartbeat",
        }
    }

    /// What is looked at, as its owner wrote it.
    pub fn target(&self) -> &str {
        match self {
            Self::Http(it) => &it.target,
            Self::Tcp(it) => &it.target,
            Self::Dns(it) => &it.target,
            Self::Tls(it) => &it.target,
            Self::Icmp(it) => &it.target,
            Self::Heartbeat(it) => &it.target,
        }
    }

    /// Leaves out what may be secret.
    pub fn conceal(&mut self) {
        match self {
            Self::Http(it) => it.conceal(),
            Self::Tcp(_) | Self::Dns(_) | Self::Tls(_) | Self::Icmp(_) | Self::Heartbeat(_) => {}
        }
    }

    /// What a check without conditions has to meet.
    pub fn default_condition(&self) -> &'static str {
        match self {
            Self::Http(_) => "[STATUS] < 400",
            Self::Dns(_) => "[DNS_RCODE] == NOERROR",
            Self::Tcp(_) | Self::Tls(_) | Self::Icmp(_) | Self::Heartbeat(_) => {
                "[CONNECTED] == true"
            }
        }
    }

    /// Whether a check of this kind can ever know it.
    pub fn measures(&self, placeholder: &Placeholder) -> bool {
        match placeholder {
            Placeholder::Connected | Placeholder::ResponseTime | Placeholder::Ip => {
                !matches!(self, Self::Heartbeat(_))
            }
            Placeholder::Status | Placeholder::Header(_) => matches!(self, Self::Http(_)),
            Placeholder::Body(_) => matches!(self, Self::Http(_) | Self::Tcp(_) | Self::Dns(_)),
            Placeholder::CertificateExpiration => matches!(self, Self::Http(_) | Self::Tls(_)),
            Placeholder::DnsRcode => matches!(self, Self::Dns(_)),
        }
    }
}

impl Validate for Kind {
    fn validate(&self) -> Result<(), ValidationErrors> {
        match self {
            Self::Http(it) => it.validate(),
            Self::Tcp(it) => it.validate(),
            Self::Dns(it) => it.validate(),
            Self::Tls(it) => it.validate(),
            Self::Icmp(it) => it.validate(),
            Self::Heartbeat(it) => it.validate(),
        }
    }
}

impl<'de> Deserialize<'de> for Kind {
    /// By hand, because a derived one cannot do without the tag.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = BTreeMap::<String, Value>::deserialize(deserializer)?;
        let kind = match fields.get("kind") {
            None => "http".to_owned(),
            Some(Value::String(kind)) => kind.clone(),
            Some(_) => return Err(D::Error::custom(unknown())),
        };
        match kind.as_str() {
            "http" => settings(fields).map(Self::Http),
            "tcp" => settings(fields).map(Self::Tcp),
            "dns" => settings(fields).map(Self::Dns),
            "tls" => settings(fields).map(Self::Tls),
            "icmp" => settings(fields).map(Self::Icmp),
            "heartbeat" => settings(fields).map(Self::Heartbeat),
            _ => Err(unknown()),
        }
        .map_err(D::Error::custom)
    }
}

fn settings<T: DeserializeOwned>(fields: BTreeMap<String, Value>) -> Result<T, String> {
    T::deserialize(serde::de::value::MapDeserializer::new(fields.into_iter()))
        .map_err(|error: serde_json::Error| error.to_string())
}

fn unknown() -> String {
    format!("kind: must be one of {}", Kind::NAMES.join(", "))
}

macro_rules! from {
    ($($kind:ident),+) => {
        $(impl From<$kind> for Kind {
            fn from(settings: $kind) -> Self {
                Self::$kind(settings)
            }
        })+
    };
}

from!(Http, Tcp, Dns, Tls, Icmp, Heartbeat);
