//! What members may do with each other's places.

use contract::id::UserId;
use contract::member::manages;
use contract::rpc::{Error, Role};

/// A tenant's members and their roles.
pub(crate) type Members = [(UserId, Role)];

/// Whether `actor` may give `member` another role. The roles are those of this moment, not those the caller came with.
pub(crate) fn change(
    members: &Members,
    actor: UserId,
    member: UserId,
    role: Role,
) -> Result<(), Error> {
    let own = role_of(members, actor).ok_or(Error::Forbidden)?;
    grant(own, role)?;
    displace(members, own, member, Some(role))
}

/// Whether `actor` may take the place of `member`.
pub(crate) fn remove(members: &Members, actor: UserId, member: UserId) -> Result<(), Error> {
    let own = role_of(members, actor).ok_or(Error::Forbidden)?;
    displace(members, own, member, None)
}

/// Whether a member may give up their place.
pub(crate) fn leave(members: &Members, member: UserId) -> Result<(), Error> {
    role_of(members, member).ok_or_else(unknown)?;
    keep_an_owner(members, member, None)
}

/// Whether a member may do away with the tenant.
pub(crate) fn is_owner(members: &Members, member: UserId) -> bool {
    role_of(members, member) == Some(Role::Owner)
}

/// Whether somebody whose own role is `actor` may give `role` to anybody.
pub(crate) fn grant(actor: Role, role: Role) -> Result<(), Error> {
    if actor < Role::Admin {
        return Err(Error::Forbidden);
    }
    if manages(actor, role) {
        Ok(())
    } else {
        Err(for_owners())
    }
}

fn displace(
    members: &Members,
    actor: Role,
    member: UserId,
    becomes: Option<Role>,
) -> Result<(), Error> {
    if actor < Role::Admin {
        return Err(Error::Forbidden);
    }
    let present = role_of(members, member).ok_or_else(unknown)?;
    if !manages(actor, present) {
        return Err(for_owners());
    }
    keep_an_owner(members, member, becomes)
}

fn keep_an_owner(members: &Members, leaving: UserId, becomes: Option<Role>) -> Result<(), Error> {
    let stays = |(member, role): &(UserId, Role)| {
        if *member == leaving {
            becomes == Some(Role::Owner)
        } else {
            *role == Role::Owner
        }
    };
    if members.iter().any(stays) {
        return Ok(());
    }
    Err(Error::Conflict {
        reason: "a tenant needs an owner: make somebody else an owner first".to_owned(),
    })
}

fn role_of(members: &Members, member: UserId) -> Option<Role> {
    let found = members.iter().find(|(known, _)| *known == member)?;
    Some(found.1)
}

fn for_owners() -> Error {
    Error::Restricted {
        reason: "only an owner can make or unmake an owner".to_owned(),
    }
}

fn unknown() -> Error {
    Error::not_found("member")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn user(number: u128) -> UserId {
        UserId(Uuid::from_u128(number))
    }

    /// One member of each role, whose number is the role's place among all.
    fn one_of_each() -> Vec<(UserId, Role)> {
        (0..).map(user).zip(Role::ALL).collect()
    }

    #[test]
    fn admins_manage_everybody_but_owners() {
        let members = one_of_each();
        let [viewer, editor, admin, owner] = [0, 1, 2, 3].map(user);
        for (actor, member, role, allowed) in [
            (admin, viewer, Role::Admin, true),
            (admin, admin, Role::Viewer, true),
            (admin, viewer, Role::Owner, false),
            (admin, owner, Role::Admin, false),
            (owner, viewer, Role::Owner, true),
            (editor, viewer, Role::Editor, false),
            (viewer, viewer, Role::Editor, false),
            (user(9), viewer, Role::Editor, false),
        ] {
            let judged = change(&members, actor, member, role);
            assert_eq!(
                judged.is_ok(),
                allowed,
                "{actor} makes {member} {role:?}: {judged:?}"
            );
        }
        assert!(remove(&members, admin, editor).is_ok());
        assert_eq!(remove(&members, admin, owner), Err(for_owners()));
        assert_eq!(remove(&members, editor, viewer), Err(Error::Forbidden));
        assert_eq!(remove(&members, owner, user(9)), Err(unknown()));
    }

    #[test]
    fn the_last_owner_stays_one() {
        let mut members = one_of_each();
        let owner = user(3);
        let refused = |judged: Result<(), Error>| matches!(judged, Err(Error::Conflict { .. }));
        assert!(refused(leave(&members, owner)));
        assert!(refused(remove(&members, owner, owner)));
        assert!(refused(change(&members, owner, owner, Role::Admin)));
        assert!(change(&members, owner, owner, Role::Owner).is_ok());
        members.push((user(4), Role::Owner));
        assert!(leave(&members, owner).is_ok());
        assert!(change(&members, user(4), owner, Role::Viewer).is_ok());
    }

    #[test]
    fn everybody_else_may_leave() {
        let members = one_of_each();
        for number in 0..3 {
            assert!(leave(&members, user(number)).is_ok());
        }
        assert_eq!(leave(&members, user(9)), Err(unknown()));
    }
}
