//! What is sent to a target, and what must come back.
//!
//! Each kind is one file below: its settings, their defaults and their rules. On the wire they stand beside the fields that
//! all kinds share, and a check that names no kind is an `http` one.

pub mod dns;
pub mod endpoint;
mod heartbeat;
pub mod http;
pub mod icmp;
mod kind;
mod rule;
pub mod tcp;
pub mod tls;

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationErrors};

use crate::condition;

pub use dns::Dns;
pub use heartbeat::{DEFAULT_GRACE_S, Heartbeat};
pub use http::Http;
pub use icmp::Icmp;
pub use kind::Kind;
pub(crate) use rule::{broken, of_field};
pub use tcp::Tcp;
pub use tls::Tls;

/// Intervals that divide a minute, an hour or a day, in seconds: those a cron schedule can express.
pub const INTERVALS_S: [u32; 21] = [
    1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 10_800,
    21_600, 43_200, 86_400,
];
const MAX_CONDITIONS: usize = 16;

/// What is sent, and what must come back.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    #[serde(flatten)]
    pub kind: Kind,
    /// How often each region looks, or a ping is expected; one of [`INTERVALS_S`].
    #[serde(default = "default_interval")]
    pub interval_s: u32,
    /// The whole check ends within this time.
    #[serde(default = "default_timeout")]
    pub timeout_ms: u32,
    /// In Gatus' notation; empty means what [`Kind::default_condition`] says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// A success slower than this counts as degraded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub degraded_ms: Option<u32>,
}

impl Check {
    /// A check of this kind, as often and as patient as one that says nothing about it.
    pub fn new(kind: impl Into<Kind>) -> Self {
        Self {
            kind: kind.into(),
            interval_s: default_interval(),
            timeout_ms: default_timeout(),
            conditions: Vec::new(),
            degraded_ms: None,
        }
    }

    /// What is looked at, as its owner wrote it.
    pub fn target(&self) -> &str {
        self.kind.target()
    }

    /// Whether pings are awaited instead of looking.
    pub fn is_heartbeat(&self) -> bool {
        matches!(self.kind, Kind::Heartbeat(_))
    }

    /// How much later than expected a ping may come.
    pub fn grace_s(&self) -> u32 {
        match &self.kind {
            Kind::Heartbeat(heartbeat) => heartbeat.grace_s,
            _ => DEFAULT_GRACE_S,
        }
    }
}

impl Validate for Check {
    /// The settings of the kind are judged as fields of the check, which they are on the wire.
    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut errors = self.kind.validate().err().unwrap_or_default();
        let mut judge = |field, judged: Result<(), _>| {
            if let Err(error) = judged {
                errors.add(field, error);
            }
        };
        judge("interval_s", interval(self.interval_s));
        judge(
            "timeout_ms",
            rule::holds(
                (100..=60_000).contains(&self.timeout_ms),
                "between 100 and 60 000 ms",
            ),
        );
        judge(
            "degraded_ms",
            rule::holds(self.degraded_ms != Some(0), "at least 1 ms"),
        );
        judge(
            "conditions",
            rule::holds(
                self.conditions.len() <= MAX_CONDITIONS,
                "at most 16 conditions",
            ),
        );
        judge(
            "conditions",
            condition::validate(&self.conditions, &self.kind),
        );
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }
}

fn default_interval() -> u32 {
    60
}

fn default_timeout() -> u32 {
    10_000
}

fn interval(seconds: u32) -> Result<(), validator::ValidationError> {
    rule::holds(
        INTERVALS_S.contains(&seconds),
        "must divide a minute, an hour or a day: 1, 2, 5, 10, 15, 20, 30 s; 1, 2, 3, 5, 10, 15, 20, 30 min; 1, 2, 3, 6, 12, 24 h",
    )
}

#[cfg(test)]
mod tests;
