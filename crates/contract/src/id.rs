//! Identifiers. They enter a subject only as these parsed types, so nothing from outside can inject a token or a wildcard.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text could not be read as the identifier it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {rule}")]
pub struct Error {
    what: &'static str,
    rule: &'static str,
}

impl Error {
    /// The rule that the text breaks, without the name of the type.
    pub fn rule(&self) -> &'static str {
        self.rule
    }
}

macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new identifier, ordered by time of creation (UUID version 7).
            #[cfg(not(target_arch = "wasm32"))]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                Uuid::try_parse(text).map(Self).map_err(|_| Error { what: stringify!($name), rule: "not a UUID" })
            }
        }
    )*};
}

uuid_id! {
    /// A tenant: the owner of series, monitors, pages.
    TenantId,
    /// A person with a password.
    UserId,
    /// Something that is checked at an interval.
    MonitorId,
    /// An API token.
    TokenId,
    /// A host whose agent may push.
    AgentId,
    /// A link that makes somebody a member.
    InvitationId,
    /// A period in which something was wrong, or a person said so.
    IncidentId,
    /// What a tenant wants to be told of.
    RuleId,
    /// A period in which a rule's condition held.
    AlertId,
    /// A window of planned work.
    MaintenanceId,
    /// Where notifications go.
    ChannelId,
    /// One notification to one channel.
    NotificationId,
    /// A public status page.
    PageId,
}

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident, $max:tt, $rule:literal);* $(;)?) => {$(
        $(#[$doc])*
        #[cfg_attr(
            feature = "openapi",
            derive(utoipa::ToSchema),
            schema(pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", max_length = $max)
        )]
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                if is_label(text, $max) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(Error { what: stringify!($name), rule: $rule })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;

            fn try_from(text: String) -> Result<Self, Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

text_id! {
    /// A tenant's or a page's name in URLs and host names: a DNS label (RFC 1035) of at most 63 characters.
    Slug, 63, "use 1 to 63 of a-z, 0-9 and -, with a letter or digit first and last";
    /// Where a prober stands, such as `eu-central`. One NATS token and one DNS label.
    Region, 32, "use 1 to 32 of a-z, 0-9 and -, with a letter or digit first and last";
}

impl Region {
    /// Where pings of heartbeat monitors come from: no place, and no prober's.
    pub fn heartbeat() -> Self {
        Self("heartbeat".to_owned())
    }

    pub fn is_heartbeat(&self) -> bool {
        self.0 == "heartbeat"
    }
}

fn is_label(text: &str, max: usize) -> bool {
    let bytes = text.as_bytes();
    let inner = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
    let edge = |b: Option<&u8>| b.is_some_and(|b| *b != b'-');
    (1..=max).contains(&bytes.len())
        && bytes.iter().all(inner)
        && edge(bytes.first())
        && edge(bytes.last())
}

/// One of [`Partition::COUNT`] lanes in which a tenant's ordered work is done by one instance at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Partition(u8);

impl Partition {
    /// Fixed for the life of a deployment: it is part of subjects and of durable names.
    pub const COUNT: u8 = 16;

    /// The lane of a tenant: FNV-1a (64 bit) over the identifier's bytes, modulo the count. Never change this.
    pub fn of(tenant: TenantId) -> Self {
        let hash = tenant
            .0
            .as_bytes()
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
            });
        Self(u8::try_from(hash % u64::from(Self::COUNT)).unwrap_or_default())
    }

    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(Self)
    }

    pub fn index(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_cannot_inject_a_subject_token() {
        for hostile in [
            "",
            "a.b",
            "*",
            ">",
            "a b",
            "-a",
            "a-",
            "Ä",
            "A",
            &"a".repeat(33),
        ] {
            assert!(
                hostile.parse::<Region>().is_err(),
                "{hostile:?} was accepted"
            );
        }
        assert_eq!(
            "eu-central".parse::<Region>().expect("valid").as_str(),
            "eu-central"
        );
    }

    #[test]
    fn partition_of_a_tenant_is_frozen() {
        let tenant = TenantId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
        assert_eq!(Partition::of(tenant).index(), 7);
    }
}
