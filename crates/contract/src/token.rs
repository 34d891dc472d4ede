//! API tokens: what outside services authenticate with.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{TenantId, TokenId};
use crate::rpc::request;

/// Every token's secret starts with this, so that secret scanners can find leaked ones.
pub const PREFIX: &str = "ovs_";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Push metrics.
    MetricsWrite,
    /// Push metrics from further in the past than 24 hours.
    MetricsBackfill,
    /// Read over the REST API.
    Read,
}

/// A token as its owner sees it.
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
}

/// A fresh token. The secret is told once and stored only hashed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Created {
    #[serde(flatten)]
    pub token: Token,
    pub secret: String,
}

request! {
    /// Creates a token; ingress knows it within a second.
    Create { pub name: String, pub scopes: Vec<Scope> } -> Created, "token", "create";
    List {} -> Vec<Token>, "token", "list";
    /// Revokes a token; ingress refuses it within a second.
    Revoke { pub id: TokenId } -> (), "token", "revoke";
}
