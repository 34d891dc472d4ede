//! Checks: the job that is due, and what a prober found.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{MonitorId, Region, TenantId};
use crate::monitor;
use crate::telemetry::TraceId;

/// The body of a schedule and so of every tick: all that a prober has to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    pub monitor: MonitorId,
    pub tenant: TenantId,
    /// The monitor's revision the job was made from.
    pub revision: i64,
    pub region: Region,
    pub check: monitor::Check,
}

/// One finished check. (monitor, region, `tick_at`) is its key: a second one with the same key is the same result.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    pub monitor: MonitorId,
    pub tenant: TenantId,
    pub region: Region,
    /// The instant the check was due.
    pub tick_at: DateTime<Utc>,
    /// The instant it began; the difference is the prober's own delay and never the target's.
    pub started_at: DateTime<Utc>,
    /// The prober's instance, for people who look into an oddity.
    pub prober: String,
    pub outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What happened, in words: "connect timeout after 5 s".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The status code of the last hop, where there was an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<u16>,
    #[serde(flatten)]
    pub timings: Timings,
    /// One entry per request, in order; more than one after redirects.
    #[serde(default)]
    pub hops: Vec<Hop>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
    /// True when the region's network distance is simulated.
    #[serde(default)]
    pub simulated: bool,
    /// How it came about; known to who reads it from the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub trace: Option<TraceId>,
}

impl Finished {
    /// Its key as a message id: a second result of the same tick is the same message, and the first one stays.
    pub fn message_id(&self) -> String {
        let Self {
            monitor,
            region,
            tick_at,
            ..
        } = self;
        format!("{monitor}:{region}:{}", tick_at.timestamp_millis())
    }
}

/// Milliseconds with microsecond precision; absent where a phase was not reached or not needed.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Timings {
    pub dns_lookup_ms: Option<f64>,
    pub tcp_connect_ms: Option<f64>,
    pub tls_handshake_ms: Option<f64>,
    /// From the request's first byte written to the answer's first byte read.
    pub time_to_first_byte_ms: Option<f64>,
    /// From the first byte of the answer to the last byte that was read.
    pub transfer_ms: Option<f64>,
    /// From the start of the check to its end, all hops together.
    pub total_time_ms: Option<f64>,
}

/// A part of a check that takes time; the last one is all of it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    DnsLookup,
    TcpConnect,
    TlsHandshake,
    TimeToFirstByte,
    Transfer,
    TotalTime,
}

impl Phase {
    pub const ALL: [Self; 6] = [
        Self::DnsLookup,
        Self::TcpConnect,
        Self::TlsHandshake,
        Self::TimeToFirstByte,
        Self::Transfer,
        Self::TotalTime,
    ];
}

impl Timings {
    /// How long a phase took, in milliseconds.
    pub fn of(&self, phase: Phase) -> Option<f64> {
        match phase {
            Phase::DnsLookup => self.dns_lookup_ms,
            Phase::TcpConnect => self.tcp_connect_ms,
            Phase::TlsHandshake => self.tls_handshake_ms,
            Phase::TimeToFirstByte => self.time_to_first_byte_ms,
            Phase::Transfer => self.transfer_ms,
            Phase::TotalTime => self.total_time_ms,
        }
    }
}

/// One request of a check.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hop {
    pub url: String,
    pub ip: Option<String>,
    pub status_code: Option<u16>,
    /// `HTTP/1.1` or `HTTP/2`.
    pub protocol: Option<String>,
    #[serde(flatten)]
    pub timings: Timings,
}

/// What is known of a server's certificate.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The earliest expiry in the chain.
    pub expires_at: DateTime<Utc>,
    pub subject: String,
    pub issuer: String,
    /// `TLSv1.2` or `TLSv1.3`.
    pub tls_version: String,
    pub cipher: String,
    /// Why it is not to be trusted; absent if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// It stands for the name that was asked for.
    #[serde(default = "unless_told_otherwise")]
    pub name_matches: bool,
}

fn unless_told_otherwise() -> bool {
    true
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Success,
    Failure,
    /// Nobody was able to look; says nothing of the target.
    Missed,
    /// A heartbeat's run began; says nothing of its end.
    Started,
    /// A heartbeat sent a line for its log; says nothing else.
    Logged,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Missed => "missed",
            Self::Started => "started",
            Self::Logged => "logged",
        }
    }

    /// Whether it says how the target does.
    pub fn is_verdict(self) -> bool {
        matches!(self, Self::Success | Self::Failure)
    }
}

/// Why a check failed.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    Timeout,
    DnsError,
    TlsError,
    ConnectionError,
    RedirectError,
    Status,
    Assertion,
    /// The address filter refused to dial.
    Blocked,
    /// A heartbeat did not come in time.
    Overdue,
}

impl Reason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::DnsError => "dns_error",
            Self::TlsError => "tls_error",
            Self::ConnectionError => "connection_error",
            Self::RedirectError => "redirect_error",
            Self::Status => "status",
            Self::Assertion => "assertion",
            Self::Blocked => "blocked",
            Self::Overdue => "overdue",
        }
    }
}
