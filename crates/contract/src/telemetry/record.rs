//! What one TELEMETRY message carries, and what is stored.

use serde::{Deserialize, Serialize};

// A schema takes what is called `Value` for any JSON.
#[cfg(feature = "openapi")]
use super::Value as AttributeValue;
use super::{Attributes, SpanId, TraceId};

/// The token of the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    Spans,
    Logs,
}

impl Signal {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Spans => "spans",
            Self::Logs => "logs",
        }
    }
}

/// Spans or log records of one tenant, by who recorded them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Received {
    /// When ingress took it, Unix milliseconds.
    pub received_ms: i64,
    pub groups: Vec<Group>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    pub resource: Resource,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<LogRecord>,
}

/// Who recorded it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// `service.name`.
    pub service: String,
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Span {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub trace_id: TraceId,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub span_id: SpanId,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<SpanId>,
    pub name: String,
    #[serde(default)]
    pub kind: Kind,
    /// Unix microseconds.
    pub start_us: i64,
    pub duration_us: u64,
    #[serde(default)]
    pub status: Status,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status_message: String,
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, AttributeValue>))]
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
}

impl Span {
    pub fn end_us(&self) -> i64 {
        self.start_us.saturating_add_unsigned(self.duration_us)
    }

    pub fn failed(&self) -> bool {
        self.status == Status::Error
    }
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SpanKind))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Internal,
    Server,
    Client,
    Producer,
    Consumer,
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SpanStatus))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    #[default]
    Unset,
    Ok,
    Error,
}

/// Something that happened while a span lasted.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SpanEvent))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub at_us: i64,
    pub name: String,
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, AttributeValue>))]
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
}

/// A span that this one comes from without being its child.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SpanLink))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub trace_id: TraceId,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub span_id: SpanId,
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogRecord {
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<TraceId>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_id: Option<SpanId>,
    /// Unix microseconds.
    pub at_us: i64,
    /// OpenTelemetry's number from 1 (trace) to 24 (fatal); 0 where nobody said.
    pub severity: u8,
    pub body: String,
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, AttributeValue>))]
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
}
