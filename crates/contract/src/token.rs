//! API tokens: what outside services authenticate with.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::id::{TenantId, TokenId};
use crate::listing::{Place, list};
use crate::plan::Plan;
use crate::rpc::request;

/// Every token's secret starts with this, so that secret scanners can find leaked ones.
pub const PREFIX: &str = "ovs_";

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Push metrics.
    MetricsWrite,
    /// Push metrics from further in the past than 24 hours.
    MetricsBackfill,
    /// Push traces and logs.
    TelemetryWrite,
    /// Read over the REST API what a viewer may read.
    Read,
    /// Read and change over the REST API what an editor may: for programs that set up monitors, rules, channels.
    Manage,
}

impl Scope {
    pub const ALL: [Self; 5] = [
        Self::MetricsWrite,
        Self::MetricsBackfill,
        Self::TelemetryWrite,
        Self::Read,
        Self::Manage,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::MetricsWrite => "metrics_write",
            Self::MetricsBackfill => "metrics_backfill",
            Self::TelemetryWrite => "telemetry_write",
            Self::Read => "read",
            Self::Manage => "manage",
        }
    }
}

/// A token as its owner sees it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    pub id: TokenId,
    pub name: String,
    pub scopes: Vec<Scope>,
    pub created_at: DateTime<Utc>,
}

/// The value in the `tokens` bucket; its key is the lower-case hex SHA-256 of the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub id: TokenId,
    pub tenant: TenantId,
    pub scopes: Vec<Scope>,
    /// What its tenant may use.
    #[serde(default)]
    pub plan: Plan,
}

impl Grant {
    /// Whether its token may do what needs this scope. Who may change things may read them.
    pub fn allows(&self, needed: Scope) -> bool {
        let by = |scope| self.scopes.contains(&scope);
        by(needed) || needed == Scope::Read && by(Scope::Manage)
    }
}

/// A fresh token. The secret is told once and stored only hashed.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CreatedToken))]
#[derive(Clone, Serialize, Deserialize)]
pub struct Created {
    #[serde(flatten)]
    pub token: Token,
    pub secret: String,
}

/// What a secret is stored under: its lower-case hex SHA-256.
pub fn key(secret: &str) -> String {
    key_of_hash(&Sha256::digest(secret.as_bytes()))
}

/// [`key`] of a secret of which only the SHA-256 is known.
pub fn key_of_hash(hash: &[u8]) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let digits = |byte: &u8| [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
    hash.iter().flat_map(digits).map(char::from).collect()
}

request! {
    /// Creates a token; ingress knows it within a second.
    Create { pub name: String, pub scopes: Vec<Scope> } -> Created, "token", "create";
    /// Revokes a token; ingress refuses it within a second.
    Revoke { pub id: TokenId } -> (), "token", "revoke";
}

list! {
    /// Tokens of the tenant, newest first.
    Token, "token", Place, |token| Place::new(token.created_at, token.id.0);
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_key_of_a_secret_is_frozen() {
        assert_eq!(
            super::key("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
