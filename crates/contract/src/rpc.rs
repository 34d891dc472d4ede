//! Asking the store: requests, the caller on whose behalf they are made, and typed errors.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::id::{TenantId, UserId};
use crate::problem::FieldError;
use crate::subject::{self, Subject};

/// A question to the store and the shape of its answer.
pub trait Request: Serialize + DeserializeOwned + Send + Sync + 'static {
    const ENTITY: &'static str;
    const VERB: &'static str;
    type Reply: Serialize + DeserializeOwned + Send + 'static;

    fn subject() -> Subject {
        subject::store(Self::ENTITY, Self::VERB)
    }
}

/// What a member of a tenant may do. The order is from least to most.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Viewer,
    Editor,
    Admin,
    Owner,
}

impl Role {
    /// From least to most.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Editor, Self::Admin, Self::Owner];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// On whose behalf a request is made, as verified by the service that asks. A request never names its tenant itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "caller", rename_all = "snake_case")]
pub enum Caller {
    /// Anyone on the internet: sees what is public.
    Visitor,
    /// A person who signed in, outside any tenant.
    User { user: UserId },
    /// A person inside a tenant.
    Member {
        tenant: TenantId,
        user: UserId,
        role: Role,
    },
    /// A service doing its own work for a tenant.
    Service { tenant: TenantId },
}

impl Caller {
    /// The tenant it is about.
    pub fn tenant(&self) -> Option<TenantId> {
        match self {
            Self::Member { tenant, .. } | Self::Service { tenant } => Some(*tenant),
            Self::Visitor | Self::User { .. } => None,
        }
    }
}

/// Why the store did not answer as asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum Error {
    #[error("there is no such {what}")]
    NotFound { what: String },
    #[error("{reason}")]
    Conflict { reason: String },
    #[error("the request breaks a rule")]
    Invalid { errors: Vec<FieldError> },
    #[error("sign in first")]
    Unauthenticated,
    #[error("your role does not allow this")]
    Forbidden,
    /// The caller's role allows such a thing, but not this one.
    #[error("{reason}")]
    Restricted { reason: String },
    #[error("too many attempts; wait {retry_after_s} s")]
    Throttled { retry_after_s: u32 },
    /// The store or something it needs is away; the same request may succeed later.
    #[error("the store is not available right now")]
    Unavailable,
}

impl Error {
    pub fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid {
            errors: vec![FieldError::new(field, reason)],
        }
    }

    pub fn not_found(what: &'static str) -> Self {
        Self::NotFound {
            what: what.to_owned(),
        }
    }
}

/// Declares request types: `Name { fields } -> Reply, "entity", "verb";`
macro_rules! request {
    ($($(#[$doc:meta])* $name:ident { $($body:tt)* } -> $reply:ty, $entity:literal, $verb:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
        pub struct $name { $($body)* }

        impl $crate::rpc::Request for $name {
            const ENTITY: &'static str = $entity;
            const VERB: &'static str = $verb;
            type Reply = $reply;
        }
    )*};
}
pub(crate) use request;
