//! Faults that can be switched on in a test-bed, so that people see what the system makes of them: one entry each.
//!
//! A fault that is on stands in the bucket `faults` under its kind, with an end: nobody can forget one. Services look at the
//! bucket only where they are told that they are part of a test-bed.

mod settings;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

pub use settings::{Invalid, Settings};

/// The longest time for which a fault may be switched on: as long as an entry of the bucket lives.
pub const LONGEST: TimeDelta = TimeDelta::hours(1);

/// What can be broken.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = FaultKind))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    StoreSlow,
    StoreErrors,
    AcksDropped,
    ConsumerSlow,
    IngressLatency,
    ClockSkew,
    ProberStalled,
    RegionOutage,
    WebhookFailing,
    AgentLeak,
}

/// What may be said of a fault, with its bounds and what holds where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Parameter {
    /// Milliseconds.
    Ms { default: i64, min: i64, max: i64 },
    /// The part of all occasions that are struck.
    Share { default: f64 },
    /// KiB on each occasion.
    Kib { default: u32, max: u32 },
    /// Only this region; all of them otherwise.
    Region,
    /// Only this service; all of them otherwise.
    Service,
}

/// A fault that is on.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    pub kind: Kind,
    #[serde(flatten)]
    pub settings: Settings,
    /// When it is off again by itself.
    pub until: DateTime<Utc>,
}

impl Kind {
    pub const ALL: [Self; 10] = [
        Self::StoreSlow,
        Self::StoreErrors,
        Self::AcksDropped,
        Self::ConsumerSlow,
        Self::IngressLatency,
        Self::ClockSkew,
        Self::ProberStalled,
        Self::RegionOutage,
        Self::WebhookFailing,
        Self::AgentLeak,
    ];

    /// Its name, which is its key in the bucket.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StoreSlow => "store-slow",
            Self::StoreErrors => "store-errors",
            Self::AcksDropped => "acks-dropped",
            Self::ConsumerSlow => "consumer-slow",
            Self::IngressLatency => "ingress-latency",
            Self::ClockSkew => "clock-skew",
            Self::ProberStalled => "prober-stalled",
            Self::RegionOutage => "region-outage",
            Self::WebhookFailing => "webhook-failing",
            Self::AgentLeak => "agent-leak",
        }
    }

    /// What it does, for people.
    pub fn about(self) -> &'static str {
        match self {
            Self::StoreSlow => "transactions of the store begin late",
            Self::StoreErrors => {
                "transactions of the store fail, as if there were no connection to Postgres"
            }
            Self::AcksDropped => "what was processed is not acknowledged, so it is delivered again",
            Self::ConsumerSlow => "every message, or batch of them, is handled late",
            Self::IngressLatency => "ingress answers late",
            Self::ClockSkew => "the clock by which ingress judges pushes is wrong",
            Self::ProberStalled => "probers take checks that are due and do not make them",
            Self::RegionOutage => "nothing can be reached from a region",
            Self::WebhookFailing => "who is told of incidents answers 503",
            Self::AgentLeak => "agents that run with --test-bed leak memory with every push",
        }
    }

    pub fn parameters(self) -> &'static [Parameter] {
        use Parameter::{Kib, Ms, Region, Service, Share};
        const ALWAYS: Parameter = Share { default: 1.0 };
        const SOMETIMES: Parameter = Share { default: 0.2 };
        const fn late(default: i64) -> Parameter {
            Ms {
                default,
                min: 1,
                max: 5_000,
            }
        }
        const WRONG_BY: Parameter = Ms {
            default: 600_000,
            min: -86_400_000,
            max: 86_400_000,
        };
        match self {
            Self::StoreSlow => const { &[late(200), ALWAYS] },
            Self::StoreErrors => const { &[SOMETIMES] },
            Self::AcksDropped => const { &[SOMETIMES, Service] },
            Self::ConsumerSlow => const { &[late(500), ALWAYS, Service] },
            Self::IngressLatency => const { &[late(500), ALWAYS] },
            Self::ClockSkew => const { &[WRONG_BY] },
            Self::ProberStalled | Self::RegionOutage => const { &[Region] },
            Self::WebhookFailing => const { &[ALWAYS] },
            Self::AgentLeak => {
                const {
                    &[Kib {
                        default: 512,
                        max: 4_096,
                    }]
                }
            }
        }
    }
}

impl Parameter {
    pub fn name(self) -> &'static str {
        match self {
            Self::Ms { .. } => "ms",
            Self::Share { .. } => "share",
            Self::Kib { .. } => "kib",
            Self::Region => "region",
            Self::Service => "service",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str).join(", ");
            Invalid(format!("there is no fault `{text}`; there are {known}"))
        })
    }
}

/// As in `ms=200 share=1` or `region=eu-central`, with what is not said left out.
impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ms { default, .. } => write!(f, "ms={default}"),
            Self::Share { default } => write!(f, "share={default}"),
            Self::Kib { default, .. } => write!(f, "kib={default}"),
            Self::Region => f.write_str("region=..."),
            Self::Service => f.write_str("service=..."),
        }
    }
}

impl Fault {
    /// Whether it is on at this instant.
    pub fn is_on(&self, now: DateTime<Utc>) -> bool {
        now < self.until
    }
}
