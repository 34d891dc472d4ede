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
}

impl Gate {
    /// What an API token must be allowed to do; absent where only people get through.
    pub(crate) fn scope(self) -> Option<Scope> {
        match self {
            Self::AtLeast(Role::Viewer) => Some(Scope::Read),
            Self::AtLeast(Role::Editor) => Some(Scope::Manage),
            _ => None,
        }
    }

    /// The same in the words of the document: the least role of a person, the scope of a token.
    pub(crate) fn security(self) -> Option<Vec<SecurityRequirement>> {
        let role = match self {
            Self::Anyone => return None,
            Self::Person => return Some(vec![SecurityRequirement::new(PERSON, [""; 0])]),
            Self::AtLeast(role) => role,
        };
        let person = SecurityRequirement::new(PERSON, [role.as_str()]);
        let token = self.scope();
        let token = token.map(|scope| SecurityRequirement::new(TOKEN, [scope.as_str()]));
        Some([Some(person), token].into_iter().flatten().collect())
    }
}
