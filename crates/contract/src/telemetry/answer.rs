//! What is answered.

use chrono::DateTime;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{LogRecord, Span, TraceId};
use crate::listing::Place;

/// A page of traces.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    pub traces: Vec<Summary>,
    /// Where the next page begins; absent after the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}

/// A place among traces that are sorted by time.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cursor {
    pub at_us: i64,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub trace: TraceId,
}

/// A trace in one line.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: TraceId,
    /// Of the span that began it.
    pub service: String,
    pub operation: String,
    pub start_us: i64,
    pub duration_us: u64,
    pub spans: usize,
    pub errors: usize,
    /// Everybody who took part.
    pub services: Vec<String>,
}

/// A trace with all that it is joined with by links.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Joined {
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "0af7651916cd43dd8448eb211c80319c"))]
    pub id: TraceId,
    /// By their start.
    pub spans: Vec<Placed>,
    /// By their time.
    pub logs: Vec<Log>,
    /// More was there than one answer holds.
    pub truncated: bool,
}

/// A span and who recorded it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = PlacedSpan))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    pub service: String,
    #[serde(flatten)]
    pub span: Span,
}

/// A log record and who wrote it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// Tells it from others of the same instant.
    #[serde(default)]
    pub id: Uuid,
    pub service: String,
    #[serde(flatten)]
    pub record: LogRecord,
}

impl Log {
    pub fn place(&self) -> Place {
        let at = DateTime::from_timestamp_micros(self.record.at_us);
        Place::new(at.unwrap_or_default(), self.id)
    }
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceOperations {
    pub service: String,
    pub operations: Vec<String>,
}

/// Services and who speaks to whom, in a window. Rates are of all that happened, also where only some traces are kept.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Map {
    /// What was looked at. It begins later than asked for where there was too much.
    pub from_ms: i64,
    pub to_ms: i64,
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
}

/// A service, and the spans in which it was asked for something or handed a message.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    pub service: String,
    pub load: Load,
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    pub from: String,
    pub to: String,
    /// Through a message, not waited for.
    pub asynchronous: bool,
    pub load: Load,
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Load {
    pub per_s: f64,
    /// Between 0 and 1.
    pub error_share: f64,
    pub p50_us: u64,
    pub p95_us: u64,
    pub p99_us: u64,
}
