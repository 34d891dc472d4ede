//! Traces and logs: as they travel in TELEMETRY, and what can be asked of them.

mod answer;
mod attribute;
mod id;
mod record;
mod streams;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use validator::{Validate, ValidationError};

use crate::id::TenantId;
use crate::listing::Place;
use crate::rpc::request;

pub use answer::{
    Cursor, Edge, Found, Joined, Load, Log, Map, Node, Placed, ServiceOperations, Summary,
};
pub use attribute::{Attributes, Value};
pub use id::{SpanId, TraceId};
pub use record::{Event, Group, Kind, Link, LogRecord, Received, Resource, Signal, Span, Status};
pub use streams::{ConsumerState, StreamState};

/// The tenant that what the services say of themselves belongs to. It is made with the schema.
pub const TENANT: TenantId = TenantId(Uuid::from_u128(0x6f76_6572_7365_4000_8000_7265_6c66_0001));
/// Its slug.
pub const SLUG: &str = "overseer";
/// The attribute by which a span of [`TENANT`] says whose work it is: members of that tenant may read it.
pub const ABOUT: &str = "overseer.tenant.id";

/// Most attributes of a span, a log record, an event or a resource; more are left out.
pub const MAX_ATTRIBUTES: usize = 64;
/// Longest text in an attribute or a log record, in bytes; longer ones are cut off.
pub const MAX_TEXT_BYTES: usize = 2_048;
/// Longest name of a span, an event, an attribute or a service, in bytes; longer ones are cut off.
pub const MAX_NAME_BYTES: usize = 256;
/// Most events of a span, and most links; more are left out.
pub const MAX_EVENTS: usize = 128;
/// Longest window of a search or a map: what the longest plan could keep.
pub const MAX_WINDOW_MS: i64 = 31 * 24 * 3_600_000;

/// Which traces are looked for. What is said of a span (service, operation, error, attribute, duration) must hold of one and the
/// same; where neither service, operation nor attribute is said, the durations are those of the whole trace.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
#[validate(schema(function = in_order, skip_on_field_errors = false))]
pub struct Search {
    #[validate(length(max = 256, message = "at most 256 characters"))]
    pub service: Option<String>,
    #[validate(length(max = 256, message = "at most 256 characters"))]
    pub operation: Option<String>,
    /// `name=value`, as text.
    #[validate(custom(function = pair))]
    pub attribute: Option<String>,
    pub min_duration_us: Option<u64>,
    pub max_duration_us: Option<u64>,
    /// Only what failed.
    pub error: bool,
    pub from_ms: Option<i64>,
    pub to_ms: Option<i64>,
}

impl Search {
    /// The attribute's name and the text of its value.
    pub fn attribute(&self) -> Option<(&str, &str)> {
        self.attribute.as_deref()?.split_once('=')
    }
}

request! {
    /// Newest first; `before` is [`Found::next`] of the page before.
    Find { pub search: Search, pub before: Option<Cursor>, pub limit: u32 } -> Found, "trace", "find";
    /// One trace, and those that it is joined with by links, in both directions.
    Read { pub id: TraceId } -> Joined, "trace", "read";
    /// Log records, newest first: of one trace, or of a service.
    ReadLogs {
        pub trace: Option<TraceId>,
        pub service: Option<String>,
        /// OpenTelemetry's severity number: 9 is information, 13 a warning, 17 an error.
        pub min_severity: u8,
        #[serde(default)]
        pub before: Option<Place>,
        pub limit: u32
    } -> Vec<Log>, "trace", "read-logs";
    /// Who was seen lately, and doing what.
    ListServices {} -> Vec<ServiceOperations>, "trace", "list-services";
    /// What NATS holds of all tenants: for members of [`TENANT`].
    ListStreams {} -> Vec<StreamState>, "trace", "list-streams";
    /// Who spoke to whom.
    ReadMap { pub from_ms: i64, pub to_ms: i64 } -> Map, "trace", "read-map";
}

fn in_order(search: &Search) -> Result<(), ValidationError> {
    let broken = |field: &str, reason: &'static str| {
        let mut error = ValidationError::new("order").with_message(reason.into());
        error.add_param("field".into(), &field.to_owned());
        Err(error)
    };
    if let (Some(min), Some(max)) = (search.min_duration_us, search.max_duration_us)
        && min > max
    {
        return broken("max_duration_us", "must not be less than min_duration_us");
    }
    if let (Some(from), Some(to)) = (search.from_ms, search.to_ms)
        && from >= to
    {
        return broken("to_ms", "must be after from_ms");
    }
    Ok(())
}

fn pair(text: &str) -> Result<(), ValidationError> {
    let named = text
        .split_once('=')
        .is_some_and(|(name, _)| !name.is_empty());
    if named && text.len() <= MAX_NAME_BYTES + MAX_TEXT_BYTES {
        return Ok(());
    }
    Err(ValidationError::new("pair").with_message("must be name=value".into()))
}

#[cfg(test)]
mod tests;
