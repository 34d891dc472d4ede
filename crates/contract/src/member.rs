//! Members of a tenant, and what they may do with each other.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::listing::list;
use crate::rpc::{Role, request};

/// A person who belongs to a tenant.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub user: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub joined_at: DateTime<Utc>,
}

/// The roles that somebody with the role `actor` may give: admins all but owner, owners all.
pub fn grantable(actor: Role) -> &'static [Role] {
    match actor {
        Role::Viewer | Role::Editor => &[],
        Role::Admin => &[Role::Viewer, Role::Editor, Role::Admin],
        Role::Owner => &Role::ALL,
    }
}

/// Whether somebody with the role `actor` may change or remove a member who has the role `present`.
pub fn manages(actor: Role, present: Role) -> bool {
    grantable(actor).contains(&present)
}

/// A member's place among those of their tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub role: Role,
    pub name: String,
    pub user: UserId,
}

request! {
    /// Gives a member another role. A tenant keeps at least one owner.
    ChangeRole { pub user: UserId, pub role: Role } -> Member, "member", "change-role";
    /// Takes a member's place away; the next request of theirs is refused.
    Remove { pub user: UserId } -> (), "member", "remove";
    /// The caller gives up their own place. The last owner stays.
    Leave {} -> (), "member", "leave";
}

list! {
    /// Members of the tenant: those with the most rights first, then in the order of their names.
    Member, "member", Place, |member| Place { role: member.role, name: member.name.clone(), user: member.user };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_owners_make_and_unmake_owners() {
        let judged = Role::ALL.map(|actor| Role::ALL.map(|present| manages(actor, present)));
        assert_eq!(
            judged,
            [
                [false, false, false, false],
                [false, false, false, false],
                [true, true, true, false],
                [true, true, true, true],
            ]
        );
    }
}
