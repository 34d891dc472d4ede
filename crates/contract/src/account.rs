//! People, tenants and sessions.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use validator::Validate;

use crate::id::{Slug, TenantId, UserId};
use crate::rpc::{Role, request};

/// What a person fills in to begin.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SignUp))]
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct SignUpForm {
    #[validate(
        email(message = "not an e-mail address"),
        length(max = 254, message = "at most 254 characters")
    )]
    pub email: String,
    #[validate(length(min = 10, max = 256, message = "between 10 and 256 characters"))]
    pub password: String,
    #[validate(length(min = 1, max = 80, message = "between 1 and 80 characters"))]
    pub name: String,
    /// The first tenant's name in URLs; absent for who comes to join others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Slug>,
    /// The secret of an open invitation: needed where accounts are made by invitation alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<String>,
}

/// How people come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrance {
    /// Who signs up needs an open invitation.
    pub by_invitation: bool,
}

/// A password in place of another.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct PasswordForm {
    pub current: String,
    #[validate(length(min = 10, max = 256, message = "between 10 and 256 characters"))]
    pub new: String,
}

/// What somebody is called.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct NameForm {
    #[validate(length(min = 1, max = 80, message = "between 1 and 80 characters"))]
    pub name: String,
}

/// What a person fills in for another tenant.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct TenantForm {
    /// Its name in URLs, which stays.
    pub slug: Slug,
    #[validate(length(min = 1, max = 80, message = "between 1 and 80 characters"))]
    pub name: String,
}

/// A person.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub name: String,
}

/// A person's place in a tenant.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub tenant: TenantId,
    pub slug: Slug,
    pub name: String,
    pub role: Role,
}

/// A tenant.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    pub id: TenantId,
    pub slug: Slug,
    pub name: String,
}

/// Who somebody is and where they belong.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub user: User,
    pub memberships: Vec<Membership>,
    /// Counts how often all that was open was ended. What was issued in an earlier epoch is good no longer.
    #[serde(default)]
    pub epoch: i32,
}

/// A session that has not ended.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSession {
    pub created_at: DateTime<Utc>,
    /// To the minute.
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// It is the one that asks.
    pub current: bool,
}

/// A fresh session. The secret is told once and stored only hashed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Session {
    pub secret: String,
    pub expires_at: DateTime<Utc>,
    pub identity: Identity,
}

request! {
    /// How people come in here.
    ReadEntrance {} -> Entrance, "account", "read-entrance";
    /// Creates a person, their first tenant and a session. `conflict` when the e-mail or the tenant's name is taken, `restricted` without
    /// an invitation where one is needed, `throttled` after too many tries.
    SignUp { pub form: SignUpForm } -> Session, "account", "sign-up";
    /// Opens a session; `unauthenticated` whether the e-mail or the password is wrong, `throttled` after too many tries.
    SignIn { pub email: String, pub password: String } -> Session, "account", "sign-in";
    /// Ends a session.
    SignOut { pub secret: String } -> (), "account", "sign-out";
    /// The identity behind a session's secret.
    ResolveSession { pub secret: String } -> Identity, "account", "resolve-session";
    /// The identity of the calling [`crate::rpc::Caller::User`].
    Identify {} -> Identity, "account", "identify";
    /// Gives the caller another name.
    Rename { pub form: NameForm } -> User, "account", "rename";
    /// Gives the caller another password and ends everything that was open, but for the session with this secret.
    ChangePassword { pub form: PasswordForm, #[serde(default)] pub secret: Option<String> } -> (), "account", "change-password";
    /// The caller's sessions, the one with this secret marked; those seen last first.
    ListSessions { #[serde(default)] pub secret: Option<String> } -> Vec<OpenSession>, "account", "list-sessions";
    /// Ends all sessions of the caller and all bearer tokens that were issued to them.
    SignOutEverywhere {} -> (), "account", "sign-out-everywhere";
    /// Deletes the caller, who proves it by their password: sessions, bearer tokens and places in tenants. `conflict` where they are the
    /// only owner of a tenant.
    DeleteAccount { pub password: String } -> (), "account", "delete";
    /// Creates a tenant that the caller owns. `conflict` when its name in URLs is taken.
    CreateTenant { pub form: TenantForm } -> Tenant, "account", "create-tenant";
    /// The tenant that the caller acts in.
    ReadTenant {} -> Tenant, "account", "read-tenant";
    /// Gives the tenant that the caller acts in another name; that in URLs stays.
    RenameTenant { pub form: NameForm } -> Tenant, "account", "rename-tenant";
    /// Deletes the tenant that the caller owns, with all that is its own. `confirm` is its name in URLs, which is free from then on.
    DeleteTenant { pub confirm: String } -> (), "account", "delete-tenant";
}
