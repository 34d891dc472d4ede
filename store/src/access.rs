//! Who may ask what: the one place where a caller is judged.

use contract::id::{TenantId, UserId};
use contract::rpc::{Caller, Error, Role};
use uuid::Uuid;

/// A member as the asker verified them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Insider {
    pub(crate) tenant: TenantId,
    pub(crate) user: UserId,
    pub(crate) role: Role,
}

/// Anybody at all.
#[expect(clippy::unnecessary_wraps, reason = "one shape for all judgements")]
pub(crate) fn anyone(_: &Caller) -> Result<(), Error> {
    Ok(())
}

/// A person who signed in.
pub(crate) fn person(caller: &Caller) -> Result<UserId, Error> {
    match caller {
        Caller::User { user } | Caller::Member { user, .. } => Ok(*user),
        Caller::Visitor => Err(Error::Unauthenticated),
        Caller::Service { .. } => Err(Error::Forbidden),
    }
}

/// A member, whatever they may do.
pub(crate) fn insider(caller: &Caller) -> Result<Insider, Error> {
    at_least(caller, Role::Viewer)
}

/// A member who reads.
pub(crate) fn viewer(caller: &Caller) -> Result<TenantId, Error> {
    Ok(at_least(caller, Role::Viewer)?.tenant)
}

/// A member who changes things.
pub(crate) fn editor(caller: &Caller) -> Result<TenantId, Error> {
    Ok(at_least(caller, Role::Editor)?.tenant)
}

/// A member who lets people and programs in.
pub(crate) fn admin(caller: &Caller) -> Result<Insider, Error> {
    at_least(caller, Role::Admin)
}

/// A member to whom the tenant belongs.
pub(crate) fn owner(caller: &Caller) -> Result<Insider, Error> {
    at_least(caller, Role::Owner)
}

/// The person or program whose changes the audit log tells. Services are at their own work.
pub(crate) fn actor(caller: &Caller) -> Option<Uuid> {
    match caller {
        Caller::User { user } | Caller::Member { user, .. } => Some(user.0),
        Caller::Visitor | Caller::Service { .. } => None,
    }
}

/// Anybody at all, where it matters who.
#[expect(clippy::unnecessary_wraps, reason = "one shape for all judgements")]
pub(crate) fn whoever(caller: &Caller) -> Result<Caller, Error> {
    Ok(caller.clone())
}

/// One of our own services.
pub(crate) fn service(caller: &Caller) -> Result<TenantId, Error> {
    match caller {
        Caller::Service { tenant } => Ok(*tenant),
        Caller::Visitor => Err(Error::Unauthenticated),
        Caller::User { .. } | Caller::Member { .. } => Err(Error::Forbidden),
    }
}

fn at_least(caller: &Caller, least: Role) -> Result<Insider, Error> {
    match *caller {
        Caller::Member { tenant, user, role } if role >= least => {
            Ok(Insider { tenant, user, role })
        }
        Caller::Visitor => Err(Error::Unauthenticated),
        Caller::User { .. } | Caller::Member { .. } | Caller::Service { .. } => {
            Err(Error::Forbidden)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caller_may_do_exactly_its_part() {
        let tenant = TenantId(Uuid::from_u128(1));
        let user = UserId(Uuid::from_u128(2));
        let member = |role| Caller::Member { tenant, user, role };
        let allowed = |caller: &Caller| {
            [
                person(caller).is_ok(),
                viewer(caller).is_ok(),
                editor(caller).is_ok(),
                admin(caller).is_ok(),
                owner(caller).is_ok(),
                service(caller).is_ok(),
            ]
        };
        let nobody = [false; 6];
        assert_eq!(allowed(&Caller::Visitor), nobody);
        let cases = [
            (Caller::User { user }, [1, 0, 0, 0, 0, 0]),
            (member(Role::Viewer), [1, 1, 0, 0, 0, 0]),
            (member(Role::Editor), [1, 1, 1, 0, 0, 0]),
            (member(Role::Admin), [1, 1, 1, 1, 0, 0]),
            (member(Role::Owner), [1, 1, 1, 1, 1, 0]),
            (Caller::Service { tenant }, [0, 0, 0, 0, 0, 1]),
        ];
        for (caller, expected) in cases {
            assert_eq!(allowed(&caller), expected.map(|it| it == 1), "{caller:?}");
        }
    }

    #[test]
    fn changes_are_those_of_people_and_programs() {
        let (tenant, user) = (TenantId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        assert_eq!(actor(&Caller::User { user }), Some(user.0));
        assert_eq!(actor(&Caller::Service { tenant }), None);
        assert_eq!(actor(&Caller::Visitor), None);
    }
}
