//! The identifiers of OpenTelemetry: hexadecimal for people and in JSON, bytes in MessagePack.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// Not as many hexadecimal digits as it should be, or all of them zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {0} hexadecimal digits, not all of them zero")]
pub struct Malformed(usize);

macro_rules! hex_id {
    ($($(#[$doc:meta])* $name:ident, $visitor:ident, $bytes:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// None is all zero.
            pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
                let bytes: [u8; $bytes] = bytes.try_into().ok()?;
                (bytes != [0; $bytes]).then_some(Self(bytes))
            }

            pub fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Malformed> {
                let mut bytes = [0; $bytes];
                let digits = text.as_bytes();
                if digits.len() != 2 * $bytes {
                    return Err(Malformed(2 * $bytes));
                }
                for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
                    let (Some(high), Some(low)) = (digit(pair[0]), digit(pair[1])) else {
                        return Err(Malformed(2 * $bytes));
                    };
                    *byte = high << 4 | low;
                }
                Self::from_bytes(&bytes).ok_or(Malformed(2 * $bytes))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serializer.serialize_bytes(&self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    deserializer.deserialize_str($visitor)
                } else {
                    deserializer.deserialize_bytes($visitor)
                }
            }
        }

        struct $visitor;

        impl Visitor<'_> for $visitor {
            type Value = $name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} hexadecimal digits", 2 * $bytes)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<$name, E> {
                $name::from_bytes(bytes).ok_or_else(|| E::custom(Malformed(2 * $bytes)))
            }
        }
    )*};
}

hex_id! {
    /// A trace: 16 bytes.
    TraceId, TraceIdVisitor, 16;
    /// A span of a trace: 8 bytes.
    SpanId, SpanIdVisitor, 8;
}

impl From<TraceId> for Uuid {
    fn from(id: TraceId) -> Self {
        Self::from_bytes(id.0)
    }
}

impl TraceId {
    /// As a database has it. None is all zero.
    pub fn from_uuid(id: Uuid) -> Option<Self> {
        Self::from_bytes(id.as_bytes())
    }

    /// The trace that the W3C header `traceparent` names.
    pub fn of_traceparent(header: &str) -> Option<Self> {
        header.split('-').nth(1)?.parse().ok()
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}
