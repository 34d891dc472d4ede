//! What a caller of a REST route must be. Said once, where the route is listed: the extractor [`Member`] keeps it, the document tells it.
//!
//! [`Member`]: super::member::Member

use contract::rpc::Role;
use contract::token::Scope;
use utoipa::openapi::security::SecurityRequirement;

/// The name of the security scheme of bearer tokens that people log in for.
pub(crate) const PERSON: &str = "person";
/// The name of the security scheme of API tokens.
pub(crate) const TOKEN: &str = "token";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Anyone on the internet.
    Anyone,
    /// Anyone who logged in.
    Person,
    /// A member of the tenant in the path whose role is at least this one.
    AtLeast(Role),
    /// A member who may be the collaborator of a page, which the store knows. Tokens are nobody's collaborators: they must manage.
    Collaborator,
    /// Any member, as the person they are.
    Insider,
}

impl Gate {
    /// The least role of a person in the tenant of the path; absent where it is about no tenant.
    pub(crate) fn role(self) -> Option<Role> {
        match self {
            Self::Anyone | Self::Person => None,
            Self::AtLeast(role) => Some(role),
            Self::Collaborator | Self::Insider => Some(Role::Viewer),
        }
    }

    /// What an API token must be allowed to do; absent where only people get through.
    pub(crate) fn scope(self) -> Option<Scope> {
        match self {
            Self::AtLeast(Role::Viewer) => Some(Scope::Read),
            Self::AtLeast(Role::Editor) | Self::Collaborator => Some(Scope::Manage),
            _ => None,
        }
    }

    /// The same in the words of the document: the least role of a person, the scope of a token.
    pub(crate) fn security(self) -> Option<Vec<SecurityRequirement>> {
        if self == Self::Anyone {
            return None;
        }
        let person = SecurityRequirement::new(PERSON, self.role().map(Role::as_str));
        let token = self.scope();
        let token = token.map(|scope| SecurityRequirement::new(TOKEN, [scope.as_str()]));
        Some([Some(person), token].into_iter().flatten().collect())
    }
}
