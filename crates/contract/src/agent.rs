//! Agents: invited with a code that is good once, then known by a token of their own.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

use crate::id::{AgentId, Slug};
use crate::listing::list;
use crate::rpc::request;

/// Every code starts with this, so that secret scanners can find leaked ones.
pub const CODE_PREFIX: &str = "ovc_";
/// How long a code is good, in minutes.
pub const CODE_LIFETIME_MIN: u32 = 15;
/// The metric by which an agent is known to be alive; its label `agent` is the agent's identifier.
pub const ALIVE: &str = "agent.uptime";

/// Where an agent stands.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AgentStanding))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Its code can be used.
    Invited,
    /// Nobody used its code in time.
    Expired,
    /// It was let in and may push.
    Registered,
    /// Its token was revoked.
    Revoked,
}

/// An agent as its owner sees it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    pub id: AgentId,
    /// The label `host` of all its samples.
    pub name: String,
    pub standing: Standing,
    pub created_at: DateTime<Utc>,
    pub registered_at: Option<DateTime<Utc>>,
    /// Its newest sample, to the minute.
    pub last_seen_at: Option<DateTime<Utc>>,
    pub hostname: Option<String>,
    pub os: Option<String>,
    /// The agent's version when it registered.
    pub version: Option<String>,
}

/// A fresh invitation. The code is told once and stored only hashed.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AgentInvitation))]
#[derive(Clone, Serialize, Deserialize)]
pub struct Invitation {
    pub id: AgentId,
    pub code: String,
    pub expires_at: DateTime<Utc>,
}

/// What an agent says of itself when it uses its code.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AgentForm))]
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Form {
    #[validate(length(max = 256, message = "at most 256 characters"))]
    pub code: String,
    #[validate(custom(function = word))]
    pub hostname: String,
    #[validate(custom(function = word))]
    pub version: String,
    #[validate(custom(function = word))]
    pub os: String,
}

/// An agent that was let in. The secret is its token, told once and stored only hashed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Registered {
    pub id: AgentId,
    pub name: String,
    pub tenant: Slug,
    pub secret: String,
}

/// The frontend's answer to an agent that registers.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AgentWelcome))]
#[derive(Clone, Serialize, Deserialize)]
pub struct Welcome {
    pub id: AgentId,
    pub name: String,
    pub tenant: Slug,
    pub token: String,
    /// Where to push to.
    pub ingress_url: String,
}

request! {
    /// Makes a code that lets one agent in.
    Invite { pub name: String } -> Invitation, "agent", "invite";
    /// Forgets an agent and revokes its token; ingress refuses it within a second.
    Remove { pub id: AgentId } -> (), "agent", "remove";
    /// Exchanges a code for a token.
    Register { pub form: Form } -> Registered, "agent", "register";
}

list! {
    /// Agents of the tenant, in the order of their names.
    Agent, "agent", String, |agent| agent.name.clone();
}

fn word(text: &str) -> Result<(), ValidationError> {
    let printable = text.chars().all(|character| !character.is_control());
    if printable && (1..=255).contains(&text.len()) {
        return Ok(());
    }
    let message = "between 1 and 255 bytes of printable text";
    Err(ValidationError::new("word").with_message(message.into()))
}
