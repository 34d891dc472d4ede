//! The audit log of a tenant: who changed what.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::rpc::request;

/// How long entries are kept, in days.
pub const KEPT_DAYS: i64 = 365;

/// A change, as it was made.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AuditEntry))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Grows from entry to entry, with gaps.
    pub id: i64,
    pub at: DateTime<Utc>,
    pub actor: Actor,
    /// In the past tense: "created", "changed", "deleted", "joined".
    pub verb: String,
    /// What kind of thing: "monitor", "channel", "member".
    pub entity: String,
    pub entity_id: Uuid,
    /// Its name at that time.
    pub entity_name: String,
    /// What more there is to say, such as a member's role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Who made a change.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub kind: ActorKind,
    pub id: Uuid,
    /// Their name at that time.
    pub name: String,
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    Person,
    /// A program with an API token.
    Token,
    /// A host's agent.
    Agent,
    /// Somebody of whom nothing is left.
    Unknown,
}

/// Some of the log, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub entries: Vec<Entry>,
    /// Where the next page begins, as [`List::before`]; absent when this was all.
    pub next: Option<i64>,
}

request! {
    /// The tenant's audit log, newest first, from before an entry on.
    List { #[serde(default)] pub before: Option<i64>, pub limit: u32 } -> Page, "audit", "list";
}
