//! Invitations: links that make who follows them a member, once.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::account::Membership;
use crate::id::{InvitationId, Slug};
use crate::listing::{Place, list};
use crate::rpc::{Role, request};

/// Every secret starts with this, so that secret scanners can find leaked ones.
pub const PREFIX: &str = "ovi_";
/// How long an invitation is good, in days.
pub const LIFETIME_DAYS: i64 = 7;
/// Invitations of a tenant that can be open at a time.
pub const MAX_OPEN: i64 = 100;

/// An invitation that nobody accepted yet, as those who made it see it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub id: InvitationId,
    /// Whom it is meant for, as a note: whoever has the link may follow it.
    pub email: Option<String>,
    pub role: Role,
    /// The name of who made it.
    pub invited_by: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// What an invitation shall be.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = InvitationForm))]
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct Form {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(
        email(message = "not an e-mail address"),
        length(max = 254, message = "at most 254 characters")
    )]
    pub email: Option<String>,
    pub role: Role,
}

/// A fresh invitation. The secret is told once and stored only hashed.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CreatedInvitation))]
#[derive(Clone, Serialize, Deserialize)]
pub struct Created {
    #[serde(flatten)]
    pub invitation: Invitation,
    pub secret: String,
}

/// What somebody is told who follows the link.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub tenant: Slug,
    pub tenant_name: String,
    pub role: Role,
    pub invited_by: String,
    pub email: Option<String>,
    pub expires_at: DateTime<Utc>,
}

request! {
    /// Makes a link that is good once. Nobody can give a role they could not give a member.
    Create { pub form: Form } -> Created, "invitation", "create";
    /// Withdraws an invitation: its link is good no longer.
    Revoke { pub id: InvitationId } -> (), "invitation", "revoke";
    /// What a link offers. `not_found` whether it never was, was withdrawn, used, or has expired.
    Show { pub secret: String } -> Offer, "invitation", "show";
    /// Makes the caller a member. `conflict` when they are one already; the link stays good then.
    Accept { pub secret: String } -> Membership, "invitation", "accept";
}

list! {
    /// Invitations that nobody accepted yet, newest first, expired ones included.
    Invitation, "invitation", Place, |invitation| Place::new(invitation.created_at, invitation.id.0);
}
